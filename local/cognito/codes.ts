/** Six-digit codes that verify an email address: single use, with limited attempts. */
import { randomInt } from "node:crypto";
import { expiredCode, tooManyAttempts, wrongCode } from "./errors.ts";
import type { Pool } from "./pool.ts";
import type { CodePurpose, User } from "./state.ts";
import { maskEmail } from "./users.ts";

export interface CodeDelivery {
  readonly AttributeName: "email";
  readonly DeliveryMedium: "EMAIL";
  readonly Destination: string;
}

const HOUR_MS = 60 * 60 * 1000;
const VALID_MS: Readonly<Record<CodePurpose, number>> = {
  signUp: 24 * HOUR_MS,
  recovery: HOUR_MS,
  email: 24 * HOUR_MS,
};
const MOST_WRONG_CODES = 5;
const MOST_CODES_SENT = 20;

/**
 * Sends a new code, which invalidates the previous one.
 * @param email the recipient; the user's own address by default
 * @throws AwsError LimitExceededException after too many codes within an hour
 */
export function sendCode(
  pool: Pool,
  user: User,
  purpose: CodePurpose,
  email = user.attributes.email ?? "",
): CodeDelivery {
  if (countAttempt(pool, user, `${purpose}Sent`) > MOST_CODES_SENT) throw tooManyAttempts();
  const code = String(randomInt(1_000_000)).padStart(6, "0");
  user.codes[purpose] = { code, expiresAtMs: pool.now() + VALID_MS[purpose] };
  pool.save();
  const { subject, body } = pool.settings.verificationMail;
  pool.send({ to: email, subject, body: body.replaceAll("{####}", code), code });
  return describeDelivery(email);
}

/**
 * Verifies a code and invalidates it.
 * @throws AwsError CodeMismatchException, ExpiredCodeException, LimitExceededException after too many wrong codes within an hour
 */
export function verifyCode(pool: Pool, user: User, purpose: CodePurpose, given: string): void {
  const attempts = user.attempts[`${purpose}Wrong`];
  if (attempts && attempts.count >= MOST_WRONG_CODES && pool.now() < attempts.untilMs) throw tooManyAttempts();
  const expected = user.codes[purpose];
  if (!expected || expected.expiresAtMs <= pool.now()) throw expiredCode();
  if (expected.code !== given) {
    countAttempt(pool, user, `${purpose}Wrong`);
    pool.save();
    throw wrongCode();
  }
  delete user.codes[purpose];
  delete user.attempts[`${purpose}Wrong`];
}

export function describeDelivery(email: string): CodeDelivery {
  return { AttributeName: "email", DeliveryMedium: "EMAIL", Destination: maskEmail(email) };
}

/** Counts attempts within an hour of the first; returns the count. */
function countAttempt(pool: Pool, user: User, kind: string): number {
  const earlier = user.attempts[kind];
  const isSameWindow = earlier !== undefined && pool.now() < earlier.untilMs;
  const counted = isSameWindow
    ? { count: earlier.count + 1, untilMs: earlier.untilMs }
    : { count: 1, untilMs: pool.now() + HOUR_MS };
  user.attempts[kind] = counted;
  return counted.count;
}
