/** Finds, names and describes the users of a pool. */
import { randomUUID } from "node:crypto";
import { AwsError } from "../service.ts";
import { noUser, refused, wrongParameter } from "./errors.ts";
import type { Pool } from "./pool.ts";
import type { ClientSettings } from "./settings.ts";
import type { User } from "./state.ts";

export interface NamedValue {
  readonly Name: string;
  readonly Value?: string;
}

const EMAIL = /^[^\s@]+@[^\s@]+\.[^\s@]+$/;
const LONGEST_USERNAME = 128;
const LONGEST_VALUE = 2048;

/** By user name, `sub`, or email address if the pool allows sign-in with it. */
export function findUser(pool: Pool, name: string): User | undefined {
  const wanted = fold(pool, name);
  const direct = pool.state.users.get(name);
  if (direct) return direct;
  const users = [...pool.state.users.values()];
  return users.find((user) => fold(pool, user.username) === wanted || user.sub === name) ?? findByEmail(pool, name);
}

/** @throws AwsError UserNotFoundException */
export function requireUser(pool: Pool, name: string): User {
  const user = findUser(pool, name);
  if (user) return user;
  throw noUser();
}

/** The user who may sign in with this address. */
export function findByEmail(pool: Pool, email: string): User | undefined {
  const { usernameIsEmail, emailIsAlias } = pool.settings;
  if (!usernameIsEmail && !emailIsAlias) return undefined;
  const wanted = fold(pool, email);
  return [...pool.state.users.values()].find(
    (user) =>
      user.attributes.email !== undefined &&
      fold(pool, user.attributes.email) === wanted &&
      (usernameIsEmail || user.attributes.email_verified === "true"),
  );
}

/**
 * Builds a new user, without adding it to the pool.
 * @throws AwsError InvalidParameterException, UsernameExistsException
 */
export function makeUser(pool: Pool, username: string, given: Record<string, string>): User {
  checkUsername(pool, username);
  const { usernameIsEmail } = pool.settings;
  if (findUser(pool, username)) {
    const message = usernameIsEmail ? "An account with the given email already exists." : "User already exists";
    throw new AwsError(400, "UsernameExistsException", message);
  }
  const attributes: Record<string, string> = usernameIsEmail ? { ...given, email: username } : { ...given };
  for (const [name, rule] of pool.settings.attributes) {
    if (!rule.isRequired || attributes[name]) continue;
    throw wrongParameter(`Attributes did not conform to the schema: ${name}: The attribute ${name} is required\n`);
  }
  if (attributes.email) attributes.email_verified ??= "false";
  const sub = randomUUID();
  const now = pool.now();
  return {
    username: usernameIsEmail ? sub : username,
    sub,
    status: "UNCONFIRMED",
    isEnabled: true,
    attributes,
    groups: [],
    passwordSetAtMs: now,
    codes: {},
    attempts: {},
    createdAtMs: now,
    modifiedAtMs: now,
  };
}

/**
 * Attributes as users may set them through a client.
 * @throws AwsError NotAuthorizedException for attributes that the client may not write, InvalidParameterException
 */
export function readOwnAttributes(pool: Pool, client: ClientSettings, list: unknown): Record<string, string> {
  const attributes = readAttributes(pool, list);
  for (const name of Object.keys(attributes)) {
    const isTheirs = name !== "sub" && !name.endsWith("_verified");
    if (isTheirs && (client.writableAttributes?.has(name) ?? true)) continue;
    throw refused("A client attempted to write unauthorized attribute");
  }
  return attributes;
}

/** Attributes as an administrator may set them. @throws AwsError InvalidParameterException */
export function readAttributes(pool: Pool, list: unknown): Record<string, string> {
  const attributes: Record<string, string> = {};
  if (list !== undefined && !Array.isArray(list)) throw wrongParameter("UserAttributes must be a list.");
  for (const { Name: name, Value: value = "" } of (list ?? []) as NamedValue[]) {
    const isKnown = name === "sub" || name.endsWith("_verified") || pool.settings.attributes.has(name);
    if (!isKnown)
      throw wrongParameter(
        `Attributes did not conform to the schema: Type for attribute {${name}} could not be determined`,
      );
    if (value.length > LONGEST_VALUE)
      throw wrongParameter(`user.${name}: String must be no longer than ${LONGEST_VALUE} characters`);
    if (name === "email" && !EMAIL.test(value)) throw wrongParameter("Invalid email address format.");
    attributes[name] = value;
  }
  return attributes;
}

/** @throws AwsError InvalidParameterException for an attribute that cannot change once set */
export function checkMutable(pool: Pool, user: User, names: readonly string[]): void {
  for (const name of names) {
    if (name !== "sub" && (pool.settings.attributes.get(name)?.isMutable ?? true)) continue;
    if (name !== "sub" && user.attributes[name] === undefined) continue;
    throw wrongParameter(`user.${name}: Attribute cannot be updated.\n`);
  }
}

/** The attributes of a user as Cognito lists them, `sub` first; only those the client may read, if one is given. */
export function listAttributes(user: User, client?: ClientSettings): NamedValue[] {
  const visible = Object.entries(user.attributes).filter(([name]) => isReadable(name, client));
  return [["sub", user.sub] as const, ...visible].map(([Name, Value]) => ({ Name, Value }));
}

export function isReadable(name: string, client?: ClientSettings): boolean {
  return client?.readableAttributes?.has(name) ?? true;
}

/** The address, mostly masked, for display. */
export function maskEmail(email: string): string {
  const [local = "", domain = ""] = email.split("@");
  return `${local.slice(0, 1)}***@${domain.slice(0, 1)}***`;
}

function checkUsername(pool: Pool, username: string): void {
  if (username.length > LONGEST_USERNAME || !/^[\p{L}\p{M}\p{S}\p{N}\p{P}]+$/u.test(username)) {
    throw wrongParameter(
      "1 validation error detected: Value at 'username' failed to satisfy constraint: Member must satisfy regular expression pattern: [\\p{L}\\p{M}\\p{S}\\p{N}\\p{P}]+",
    );
  }
  const isEmail = EMAIL.test(username);
  if (pool.settings.usernameIsEmail && !isEmail) throw wrongParameter("Username should be an email.");
  if (pool.settings.emailIsAlias && isEmail) {
    throw wrongParameter("Username cannot be of email format, since user pool is configured for email alias.");
  }
}

function fold(pool: Pool, name: string): string {
  return pool.settings.isCaseSensitive ? name : name.toLowerCase();
}
