/** Which passwords a pool accepts, and how often a wrong one may be tried. */
import { randomInt } from "node:crypto";
import { AwsError } from "../service.ts";
import { notConfirmed, refused, wrongParameter, wrongSignIn } from "./errors.ts";
import type { Pool } from "./pool.ts";
import type { PasswordPolicy } from "./settings.ts";
import { makeVerifier, matchesPassword } from "./srp.ts";
import type { User } from "./state.ts";

const SYMBOLS = "^$*.[]{}()?\"!@#%&/\\,><':;|_~`=+- ";
const LONGEST_PASSWORD = 256;
/** Wrong passwords without a penalty; each further one doubles the lockout, starting at one second. */
const FREE_FAILURES = 5;
const FIRST_LOCK_MS = 1000;
const LONGEST_LOCK_MS = 15 * 60 * 1000;
const TEMPORARY_PASSWORD_LENGTH = 12;

/** @throws AwsError InvalidPasswordException saying what is missing */
export function setPassword(pool: Pool, user: User, password: string): void {
  checkPolicy(password, pool.settings.passwordPolicy);
  user.password = makeVerifier(pool.name, user.username, password);
  user.passwordSetAtMs = user.modifiedAtMs = pool.now();
  delete user.attempts.password;
}

/** @throws AwsError InvalidPasswordException, InvalidParameterException */
export function checkPolicy(password: string, policy: PasswordPolicy): void {
  if (password.length > LONGEST_PASSWORD || !/^\S+.*\S+$/s.test(password)) {
    throw wrongParameter(
      "1 validation error detected: Value at 'password' failed to satisfy constraint: Member must satisfy regular expression pattern: ^[\\S]+.*[\\S]+$",
    );
  }
  const problem = findProblem(password, policy);
  if (!problem) return;
  throw new AwsError(400, "InvalidPasswordException", `Password did not conform with policy: ${problem}`);
}

/** Checks a plaintext password, counting wrong ones. */
export function requirePassword(pool: Pool, user: User, password: string): void {
  guardPassword(
    pool,
    user,
    () => !!user.password && matchesPassword(pool.name, user.username, password, user.password),
  );
}

/**
 * Runs a check of the password. Failures are counted; too many lock the user out for a while.
 * @throws AwsError NotAuthorizedException, UserNotConfirmedException
 */
export function guardPassword(pool: Pool, user: User, isProven: () => boolean): void {
  const failures = user.attempts.password ?? { count: 0, untilMs: 0 };
  if (pool.now() < failures.untilMs) throw refused("Password attempts exceeded");
  if (!isProven()) {
    user.attempts.password = { count: failures.count + 1, untilMs: pool.now() + lockMs(failures.count + 1) };
    pool.save();
    throw wrongSignIn();
  }
  delete user.attempts.password;
  if (!user.isEnabled) throw refused("User is disabled.");
  if (user.status === "UNCONFIRMED") throw notConfirmed();
  if (user.status === "FORCE_CHANGE_PASSWORD") checkTemporaryPasswordAge(pool, user);
}

/** A password that satisfies any policy. */
export function inventPassword(policy: PasswordPolicy): string {
  const kinds = ["abcdefghijkmnpqrstuvwxyz", "ABCDEFGHJKLMNPQRSTUVWXYZ", "23456789", "!@#%&*"];
  const length = Math.max(TEMPORARY_PASSWORD_LENGTH, policy.minimumLength);
  const pick = (letters: string) => letters.charAt(randomInt(letters.length));
  return Array.from({ length }, (_, index) => pick(kinds[index % kinds.length] as string)).join("");
}

function findProblem(password: string, policy: PasswordPolicy): string | undefined {
  if (password.length < policy.minimumLength) return "Password not long enough";
  if (policy.requiresLowercase && !/[a-z]/.test(password)) return "Password must have lowercase characters";
  if (policy.requiresUppercase && !/[A-Z]/.test(password)) return "Password must have uppercase characters";
  if (policy.requiresNumbers && !/\d/.test(password)) return "Password must have numeric characters";
  if (policy.requiresSymbols && ![...password].some((letter) => SYMBOLS.includes(letter))) {
    return "Password must have symbol characters";
  }
  return undefined;
}

function lockMs(failures: number): number {
  return failures < FREE_FAILURES ? 0 : Math.min(LONGEST_LOCK_MS, FIRST_LOCK_MS * 2 ** (failures - FREE_FAILURES));
}

function checkTemporaryPasswordAge(pool: Pool, user: User): void {
  const oldestMs = pool.now() - pool.settings.passwordPolicy.temporaryPasswordDays * 24 * 60 * 60 * 1000;
  if (user.passwordSetAtMs >= oldestMs) return;
  throw refused("Temporary password has expired and must be reset by an administrator.");
}
