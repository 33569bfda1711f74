/** A request to Cognito, as operations receive it. */
import { createHmac, timingSafeEqual } from "node:crypto";
import type { AwsError } from "../service.ts";
import { noUser, refused, wrongParameter } from "./errors.ts";
import type { Pool } from "./pool.ts";
import type { ClientSettings } from "./settings.ts";
import type { User } from "./state.ts";
import type { Bearer } from "./tokens.ts";
import { findUser } from "./users.ts";

export type Body = Readonly<Record<string, any>>;
export type Answer = Record<string, unknown>;

/** A public operation, which names an app client. */
export type ClientOperation = (call: { pool: Pool; client: ClientSettings; body: Body }) => Answer | Promise<Answer>;
/** An operation of a signed-in user. */
export type PersonOperation = (call: Bearer & { body: Body }) => Answer | Promise<Answer>;
/** An operation authorized by IAM. */
export type AdminOperation = (call: { pool: Pool; body: Body }) => Answer | Promise<Answer>;

/** A string member of the request. @throws AwsError InvalidParameterException when it is missing or empty */
export function readText(body: Body, name: string): string {
  const value: unknown = body[name];
  if (typeof value === "string" && value !== "") return value;
  const member = name.charAt(0).toLowerCase() + name.slice(1);
  throw wrongParameter(
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must not be null`,
  );
}

/**
 * Checks the SECRET_HASH that clients with a secret must send with each user name.
 * @throws AwsError NotAuthorizedException
 */
export function checkSecretHash(client: ClientSettings, username: string, given: unknown): void {
  if (!client.secret) return;
  const expected = createHmac("sha256", client.secret)
    .update(username + client.id)
    .digest("base64");
  const isRight =
    typeof given === "string" &&
    given.length === expected.length &&
    timingSafeEqual(Buffer.from(given), Buffer.from(expected));
  if (!isRight) throw refused(`Unable to verify secret hash for client ${client.id}`);
}

/**
 * The user a client names.
 * @param hidden makes the error for an unknown user if the client hides which users exist
 */
export function requireNamedUser(
  call: { pool: Pool; client: ClientSettings; body: Body },
  hidden: () => AwsError,
): User {
  const username = readText(call.body, "Username");
  checkSecretHash(call.client, username, call.body.SecretHash);
  const user = findUser(call.pool, username);
  if (user) return user;
  throw call.client.hidesUserExistence ? hidden() : noUser("Username/client id combination not found.");
}
