/** One request to Cognito, as the operations see it. */
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

/** An operation that names a client and is open to everyone. */
export type ClientOperation = (call: { pool: Pool; client: ClientSettings; body: Body }) => Answer | Promise<Answer>;
/** An operation of a signed-in person. */
export type PersonOperation = (call: Bearer & { body: Body }) => Answer | Promise<Answer>;
/** An operation that IAM guards. */
export type AdminOperation = (call: { pool: Pool; body: Body }) => Answer | Promise<Answer>;

/** A string of the request. @throws AwsError InvalidParameterException when it is missing or empty */
export function readText(body: Body, name: string): string {
  const value: unknown = body[name];
  if (typeof value === "string" && value !== "") return value;
  const member = name.charAt(0).toLowerCase() + name.slice(1);
  throw wrongParameter(
    `1 validation error detected: Value at '${member}' failed to satisfy constraint: Member must not be null`,
  );
}

/**
 * Clients with a secret must prove it with each name they send.
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
 * @param hidden what is thrown for an unknown user by a client that hides who exists
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
