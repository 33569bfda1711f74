/** Who is calling, from the headers of a request or of a WebSocket message that is signed as if it were one. */
import type { CognitoTokens } from "./cognito-tokens.ts";
import type { Caller, Gate } from "../service.ts";
import { AwsError } from "../service.ts";
import { RequestError } from "./errors.ts";
import type { AuthMode } from "./schema.ts";

export interface ApiCaller {
  readonly mode: AuthMode;
  /** `ctx.identity` */
  readonly identity: Readonly<Record<string, unknown>>;
  /** The groups of a pool's user. */
  readonly groups: readonly string[];
  /** Who signed, for `AWS_IAM`. */
  readonly signer?: Caller;
  /** When the token expires; never for signatures, which are checked once. */
  readonly expiresAtMs: number;
}

/** What AppSync authenticates: headers by lowercase name, and the request they belong to. */
export interface Credential {
  readonly headers: Readonly<Record<string, string>>;
  readonly sourceIp: readonly string[];
  /** Checks the AWS signature of this very request. */
  readonly checkSignature: (gate: Gate) => Caller;
}

/** The ways to authenticate that an API accepts. */
export interface Doors {
  readonly modes: readonly AuthMode[];
  readonly tokens: CognitoTokens;
  readonly gate: Gate;
  readonly accountId: string;
  readonly defaultAction: string;
}

/** @throws RequestError 401 or 403 with AppSync's messages */
export async function authenticate(credential: Credential, doors: Doors): Promise<ApiCaller> {
  const authorization = credential.headers.authorization ?? "";
  if (authorization.startsWith("AWS4-HMAC-SHA256")) return signedCaller(credential, doors);
  if (!authorization && credential.headers["x-api-key"]) {
    throw new RequestError(401, "UnauthorizedException", "You are not authorized to make this call.");
  }
  if (!authorization || !doors.modes.includes("AMAZON_COGNITO_USER_POOLS")) {
    throw new RequestError(401, "UnauthorizedException", "Valid authorization header not provided.");
  }
  return userCaller(authorization.replace(/^Bearer\s+/i, ""), credential, doors);
}

async function userCaller(token: string, { sourceIp }: Credential, doors: Doors): Promise<ApiCaller> {
  const { claims, groups, username, expiresAtMs } = await doors.tokens.verify(token);
  return {
    mode: "AMAZON_COGNITO_USER_POOLS",
    groups: groups ?? [],
    expiresAtMs,
    identity: {
      claims,
      defaultAuthStrategy: doors.defaultAction,
      groups,
      issuer: claims.iss,
      sourceIp,
      sub: claims.sub,
      username,
    },
  };
}

function signedCaller(credential: Credential, doors: Doors): ApiCaller {
  if (!doors.modes.includes("AWS_IAM")) {
    throw new RequestError(401, "UnauthorizedException", "Valid authorization header not provided.");
  }
  const signer = checkedSignature(credential, doors.gate);
  return {
    mode: "AWS_IAM",
    groups: [],
    signer,
    expiresAtMs: Number.POSITIVE_INFINITY,
    identity: {
      accountId: doors.accountId,
      cognitoIdentityPoolId: null,
      cognitoIdentityId: null,
      sourceIp: credential.sourceIp,
      username: principalName(signer),
      userArn: signer.principalArn,
      cognitoIdentityAuthType: null,
      cognitoIdentityAuthProvider: null,
    },
  };
}

/** `AROA…:SESSION` for a role's session, the account for its root. */
function principalName({ principalArn, accessKeyId }: Caller): string {
  const session = /^arn:aws:sts::\d+:assumed-role\/[^/]+\/(.+)$/.exec(principalArn);
  return session ? `${accessKeyId}:${session[1]}` : (principalArn.split(":")[4] ?? accessKeyId);
}

function checkedSignature(credential: Credential, gate: Gate): Caller {
  try {
    return credential.checkSignature(gate);
  } catch (error) {
    if (error instanceof AwsError) throw new RequestError(error.status, error.code, error.message);
    throw error;
  }
}

/** `x-forwarded-for` first, the connection's address last. */
export function sourceAddresses(
  headers: Readonly<Record<string, unknown>>,
  remoteAddress: string | undefined,
): string[] {
  const forwarded = String(headers["x-forwarded-for"] ?? "");
  return [...forwarded.split(","), remoteAddress ?? "127.0.0.1"].map((each) => each.trim()).filter(Boolean);
}
