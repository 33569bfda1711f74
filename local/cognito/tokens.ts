/** Sessions and their tokens. */
import { createHash, randomBytes, randomUUID } from "node:crypto";
import { decodeJwt, errors, importJWK, jwtVerify, SignJWT } from "jose";
import type { JWK } from "jose";
import { noUser, refused } from "./errors.ts";
import type { Pool } from "./pool.ts";
import type { ClientSettings } from "./settings.ts";
import type { Session, User } from "./state.ts";
import { isReadable } from "./users.ts";

export interface TokenSet {
  readonly AccessToken: string;
  readonly IdToken: string;
  readonly RefreshToken?: string;
  /** Seconds the access token is valid. */
  readonly ExpiresIn: number;
  readonly TokenType: "Bearer";
}

/** The bearer of an access token. */
export interface Bearer {
  readonly pool: Pool;
  readonly client: ClientSettings;
  readonly user: User;
  readonly session: Session;
}

const REFRESH_TOKEN_BYTES = 96;

/** Starts a session and returns its first tokens. */
export async function signInUser(pool: Pool, client: ClientSettings, user: User): Promise<TokenSet> {
  const refreshToken = newRefreshToken();
  const now = pool.now();
  const session: Session = {
    origin: randomUUID(),
    username: user.username,
    clientId: client.id,
    signedInAtMs: now,
    expiresAtMs: now + client.refreshTokenMs,
    refreshHash: hashToken(refreshToken),
    isRevoked: false,
  };
  pool.state.sessions.set(session.origin, session);
  pool.save();
  return { ...(await signTokens(pool, client, user, session)), RefreshToken: refreshToken };
}

/**
 * New tokens for a refresh token, including a new refresh token if the client rotates them.
 * @throws AwsError NotAuthorizedException
 */
export async function refreshTokens(pool: Pool, client: ClientSettings, refreshToken: string): Promise<TokenSet> {
  const session = findSession(pool, refreshToken);
  if (!session || session.clientId !== client.id) throw refused("Invalid Refresh Token");
  if (session.isRevoked) throw refused("Refresh Token has been revoked");
  if (session.expiresAtMs <= pool.now()) throw refused("Refresh Token has expired");
  const user = pool.state.users.get(session.username);
  if (!user) throw refused("Invalid Refresh Token");
  if (!user.isEnabled) throw refused("User is disabled.");
  if (client.rotationGraceMs === undefined) return signTokens(pool, client, user, session);
  const next = newRefreshToken();
  session.previousRefresh = { hash: session.refreshHash, untilMs: pool.now() + client.rotationGraceMs };
  session.refreshHash = hashToken(next);
  pool.save();
  return { ...(await signTokens(pool, client, user, session)), RefreshToken: next };
}

/** Ends the session of a refresh token; unknown and already revoked tokens are ignored. */
export function revokeToken(pool: Pool, client: ClientSettings, refreshToken: string): void {
  const session = findSession(pool, refreshToken);
  if (session?.clientId !== client.id) return;
  session.isRevoked = true;
  pool.save();
}

/** Ends all sessions of a user. */
export function revokeAll(pool: Pool, user: User): void {
  for (const session of pool.state.sessions.values()) {
    if (session.username === user.username) session.isRevoked = true;
  }
  pool.save();
}

/**
 * The user and client of an access token.
 * @param pools all pools, by id
 * @throws AwsError NotAuthorizedException, UserNotFoundException
 */
export async function readAccessToken(pools: ReadonlyMap<string, Pool>, token: string): Promise<Bearer> {
  const pool = findIssuer(pools, token);
  const claims = await verifyToken(pool, token);
  const session = pool.state.sessions.get(String(claims.origin_jti));
  const client = pool.clients.get(String(claims.client_id));
  if (claims.token_use !== "access" || !client) throw refused("Invalid Access Token");
  const user = pool.state.users.get(String(claims.username));
  if (!user) throw noUser();
  if (!session || session.isRevoked) throw refused("Access Token has been revoked");
  if (!user.isEnabled) throw refused("User is disabled.");
  return { pool, client, user, session };
}

/** Deletes a user and their sessions, so that a later user of the same name inherits nothing. */
export function deleteUser(pool: Pool, user: User): void {
  pool.state.users.delete(user.username);
  for (const session of pool.state.sessions.values()) {
    if (session.username === user.username) pool.state.sessions.delete(session.origin);
  }
  pool.save();
}

/** The key set that verifies the pool's tokens. */
export function publicKeys(pool: Pool): { keys: JWK[] } {
  const { kty, n, e, kid, alg, use } = pool.state.signingKey;
  return { keys: [{ alg, e, kid, kty, n, use }] };
}

async function signTokens(pool: Pool, client: ClientSettings, user: User, session: Session): Promise<TokenSet> {
  const eventId = randomUUID();
  const common = {
    sub: user.sub,
    iss: pool.issuer,
    origin_jti: session.origin,
    event_id: eventId,
    auth_time: Math.floor(session.signedInAtMs / 1000),
    ...groupClaims(pool, user),
  };
  const access = {
    client_id: client.id,
    token_use: "access",
    scope: "aws.cognito.signin.user.admin",
    username: user.username,
  };
  const id = { aud: client.id, token_use: "id", "cognito:username": user.username, ...attributeClaims(user, client) };
  return {
    AccessToken: await signToken(pool, { ...common, ...access }, client.accessTokenMs),
    IdToken: await signToken(pool, { ...common, ...roleClaims(pool, user), ...id }, client.idTokenMs),
    ExpiresIn: client.accessTokenMs / 1000,
    TokenType: "Bearer",
  };
}

async function signToken(pool: Pool, claims: Record<string, unknown>, validMs: number): Promise<string> {
  const issuedAt = Math.floor(pool.now() / 1000);
  const key = await importJWK(pool.state.signingKey, "RS256");
  return new SignJWT({ ...claims, jti: randomUUID() })
    .setProtectedHeader({ kid: pool.state.signingKey.kid, alg: "RS256" })
    .setIssuedAt(issuedAt)
    .setExpirationTime(issuedAt + Math.floor(validMs / 1000))
    .sign(key);
}

function groupsOf(pool: Pool, user: User) {
  const groups = user.groups.flatMap((name) => pool.groups.get(name) ?? []);
  return groups.sort((left, right) => left.precedence - right.precedence || left.name.localeCompare(right.name));
}

function groupClaims(pool: Pool, user: User): Record<string, unknown> {
  const names = groupsOf(pool, user).map((group) => group.name);
  return names.length > 0 ? { "cognito:groups": names } : {};
}

function roleClaims(pool: Pool, user: User): Record<string, unknown> {
  const roles = groupsOf(pool, user).flatMap((group) => group.roleArn ?? []);
  return roles.length > 0 ? { "cognito:roles": roles, "cognito:preferred_role": roles[0] } : {};
}

function attributeClaims(user: User, client: ClientSettings): Record<string, unknown> {
  const readable = Object.entries(user.attributes).filter(([name]) => isReadable(name, client));
  return Object.fromEntries(
    readable.map(([name, value]) => [name, name.endsWith("_verified") ? value === "true" : value]),
  );
}

function findIssuer(pools: ReadonlyMap<string, Pool>, token: string): Pool {
  const pool = pools.get(readIssuer(token).split("/").at(-1) ?? "");
  if (pool) return pool;
  throw refused("Invalid Access Token");
}

function readIssuer(token: string): string {
  try {
    return decodeJwt(token).iss ?? "";
  } catch {
    throw refused("Invalid Access Token");
  }
}

async function verifyToken(pool: Pool, token: string): Promise<Record<string, unknown>> {
  const key = await importJWK(publicKeys(pool).keys[0] as JWK, "RS256");
  // The issuer names an address whose port may have changed since, so the key alone decides.
  try {
    const { payload } = await jwtVerify(token, key, { currentDate: new Date(pool.now()), algorithms: ["RS256"] });
    return payload;
  } catch (error) {
    throw refused(error instanceof errors.JWTExpired ? "Access Token has expired" : "Invalid Access Token");
  }
}

function findSession(pool: Pool, refreshToken: string): Session | undefined {
  const hash = hashToken(refreshToken);
  return [...pool.state.sessions.values()].find(
    (session) =>
      session.refreshHash === hash ||
      (session.previousRefresh?.hash === hash && pool.now() < session.previousRefresh.untilMs),
  );
}

const newRefreshToken = () => randomBytes(REFRESH_TOKEN_BYTES).toString("base64url");
const hashToken = (token: string) => createHash("sha256").update(token).digest("hex");
