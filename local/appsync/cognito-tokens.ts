/** Verifies the tokens of Cognito user pools against the pools' published keys. */
import { createRemoteJWKSet, decodeJwt, errors, jwtVerify } from "jose";
import type { JWTPayload, JWTVerifyGetKey } from "jose";
import { RequestError } from "./errors.ts";

/** `UserPoolConfig` of an API. */
export interface UserPoolConfig {
  readonly UserPoolId: string;
  readonly AppIdClientRegex?: string;
  /** Set for the API's default mode only. */
  readonly DefaultAction?: string;
}

/** A user behind a verified token. */
export interface UserToken {
  readonly claims: JWTPayload;
  readonly groups: readonly string[] | null;
  readonly username: string;
  readonly expiresAtMs: number;
}

/** How long to wait before fetching an unknown key again. */
const KEYS_COOLDOWN_MS = 1_000;

export class CognitoTokens {
  readonly #keys = new Map<string, JWTVerifyGetKey>();

  /** @param endpoint of the Cognito service, read late; a pool's keys are below `ENDPOINT/POOLID` */
  constructor(
    readonly pools: readonly UserPoolConfig[],
    readonly endpoint: () => string,
    readonly now: () => number,
  ) {}

  /**
   * @param token an id or an access token of one of the pools
   * @throws RequestError 401 with AppSync's messages
   */
  async verify(token: string): Promise<UserToken> {
    const pool = this.#poolOf(token);
    try {
      const keys = this.#keysOf(`${this.endpoint()}/${pool.UserPoolId}`);
      const { payload } = await jwtVerify(token, keys, { currentDate: new Date(this.now()) });
      checkUse(payload, pool);
      return userToken(payload);
    } catch (error) {
      if (error instanceof errors.JWTExpired) throw refused("Token has expired.");
      if (error instanceof RequestError) throw error;
      throw refused("Valid authorization header not provided.");
    }
  }

  #poolOf(token: string): UserPoolConfig {
    let issuer: string | undefined;
    try {
      issuer = decodeJwt(token).iss;
    } catch {
      throw refused("Unable to parse JWT token.");
    }
    // The address before the pool's id may be an earlier start's; the pool's key decides.
    const pool = this.pools.find((each) => issuer?.split("/").at(-1) === each.UserPoolId);
    if (!pool) throw refused("Valid authorization header not provided.");
    return pool;
  }

  #keysOf(issuer: string): JWTVerifyGetKey {
    const known = this.#keys.get(issuer);
    if (known) return known;
    const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`), { cooldownDuration: KEYS_COOLDOWN_MS });
    this.#keys.set(issuer, keys);
    return keys;
  }
}

function checkUse(claims: JWTPayload, { AppIdClientRegex }: UserPoolConfig): void {
  if (claims.token_use !== "id" && claims.token_use !== "access")
    throw refused("Valid authorization header not provided.");
  const client = String(claims.token_use === "id" ? claims.aud : claims.client_id);
  if (AppIdClientRegex && !new RegExp(`^(?:${AppIdClientRegex})$`).test(client)) {
    throw refused("Valid authorization header not provided.");
  }
}

function userToken(claims: JWTPayload): UserToken {
  const groups = claims["cognito:groups"];
  return {
    claims,
    groups: Array.isArray(groups) ? groups.map(String) : null,
    username: String(claims["cognito:username"] ?? claims.username ?? claims.sub),
    expiresAtMs: (claims.exp ?? 0) * 1000,
  };
}

function refused(message: string): RequestError {
  return new RequestError(401, "UnauthorizedException", message);
}
