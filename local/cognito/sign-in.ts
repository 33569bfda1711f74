/** Sign-in by SRP, password or refresh token, and its challenges. */
import { createHmac, randomBytes } from "node:crypto";
import { AwsError } from "../service.ts";
import { checkSecretHash, readText } from "./call.ts";
import type { Answer, Body, ClientOperation } from "./call.ts";
import { noUser, refused, wrongParameter, wrongSignIn } from "./errors.ts";
import { guardPassword, requirePassword, setPassword } from "./password.ts";
import type { Pool } from "./pool.ts";
import type { ClientSettings } from "./settings.ts";
import { openChallenge, provesPassword } from "./srp.ts";
import type { SrpChallenge } from "./srp.ts";
import type { User } from "./state.ts";
import { refreshTokens, revokeToken, signInUser } from "./tokens.ts";
import { checkMutable, findUser, readOwnAttributes } from "./users.ts";

interface SignInCall {
  readonly pool: Pool;
  readonly client: ClientSettings;
  readonly body: Body;
}

/** A sign-in between two requests. A restart forgets it, and the user starts over. */
interface Pending {
  readonly pool: Pool;
  readonly client: ClientSettings;
  /** `undefined` for an unknown user, if the client hides which users exist. */
  readonly user: User | undefined;
  readonly username: string;
  readonly expiresAtMs: number;
  readonly srp?: SrpChallenge;
}

const SECRET_BLOCK_BYTES = 96;
const SESSION_BYTES = 96;
/** A verifier without a known password, for users who do not exist. */
const VERIFIER_BYTES = 384;

/** Each service instance keeps its own pending sign-ins. */
export function signInOperations(): Readonly<Record<string, ClientOperation>> {
  const pending = new Map<string, Pending>();

  const InitiateAuth: ClientOperation = (call) => {
    const flow = readText(call.body, "AuthFlow");
    const parameters: Body = call.body.AuthParameters ?? {};
    if (flow === "REFRESH_TOKEN_AUTH" || flow === "REFRESH_TOKEN") return refreshByFlow(call, parameters);
    if (flow === "USER_SRP_AUTH") return startSrp(call, parameters, pending);
    if (flow === "USER_PASSWORD_AUTH") return signInByPassword(call, parameters, pending);
    throw wrongParameter(`${flow} flow not enabled for this client`);
  };

  const RespondToAuthChallenge: ClientOperation = (call) => {
    const challenge = readText(call.body, "ChallengeName");
    const responses: Body = call.body.ChallengeResponses ?? {};
    if (challenge === "PASSWORD_VERIFIER") return finishSrp(call, responses, pending);
    if (challenge === "NEW_PASSWORD_REQUIRED") return setNewPassword(call, responses, pending);
    throw wrongParameter(`The challenge ${challenge} was not given by this user pool.`);
  };

  return { InitiateAuth, RespondToAuthChallenge, GetTokensFromRefreshToken, RevokeToken };
}

const GetTokensFromRefreshToken: ClientOperation = async ({ pool, client, body }) => {
  checkClientSecret(client, body.ClientSecret);
  return { AuthenticationResult: await refreshTokens(pool, client, readText(body, "RefreshToken")) };
};

const RevokeToken: ClientOperation = ({ pool, client, body }) => {
  checkClientSecret(client, body.ClientSecret);
  if (!client.allowsRevocation) {
    throw new AwsError(400, "UnsupportedOperationException", "Revocation is not enabled for this client.");
  }
  revokeToken(pool, client, readText(body, "Token"));
  return {};
};

async function refreshByFlow({ pool, client }: SignInCall, parameters: Body): Promise<Answer> {
  requireFlow(client, "ALLOW_REFRESH_TOKEN_AUTH", "REFRESH_TOKEN_AUTH");
  if (client.secret && parameters.SECRET_HASH === undefined) {
    throw refused(`Client ${client.id} is configured with secret but SECRET_HASH was not received`);
  }
  const tokens = await refreshTokens(pool, client, readText(parameters, "REFRESH_TOKEN"));
  return { ChallengeParameters: {}, AuthenticationResult: tokens };
}

function startSrp({ pool, client }: SignInCall, parameters: Body, pending: Map<string, Pending>): Answer {
  requireFlow(client, "ALLOW_USER_SRP_AUTH", "USER_SRP_AUTH");
  const name = readText(parameters, "USERNAME");
  checkSecretHash(client, name, parameters.SECRET_HASH);
  const user = findUser(pool, name);
  if (!user && !client.hidesUserExistence) throw noUser();
  const shown = user?.password ? { ...user.password, username: user.username } : inventVerifier(pool, user, name);
  const srp = openChallenge(readText(parameters, "SRP_A"), shown.verifier);
  if (!srp) throw wrongParameter("SRP_A is not a public value of the group.");
  const secretBlock = randomBytes(SECRET_BLOCK_BYTES).toString("base64");
  keep(pending, secretBlock, { pool, client, user, username: shown.username, srp });
  return {
    ChallengeName: "PASSWORD_VERIFIER",
    ChallengeParameters: {
      SALT: shown.salt,
      SRP_B: srp.serverPublic.toString(16),
      SECRET_BLOCK: secretBlock,
      USERNAME: shown.username,
      USER_ID_FOR_SRP: shown.username,
    },
  };
}

function finishSrp(
  { pool, client }: SignInCall,
  responses: Body,
  pending: Map<string, Pending>,
): Answer | Promise<Answer> {
  const secretBlock = readText(responses, "PASSWORD_CLAIM_SECRET_BLOCK");
  const started = take(pending, secretBlock, client);
  checkSecretHash(client, readText(responses, "USERNAME"), responses.SECRET_HASH);
  const { user, srp } = started;
  if (!user || !srp) throw wrongSignIn();
  const claim = {
    poolName: pool.name,
    username: started.username,
    secretBlock,
    timestamp: readText(responses, "TIMESTAMP"),
    signature: readText(responses, "PASSWORD_CLAIM_SIGNATURE"),
  };
  guardPassword(pool, user, () => provesPassword(srp, claim));
  return admit(pool, client, user, pending);
}

function signInByPassword(
  { pool, client }: SignInCall,
  parameters: Body,
  pending: Map<string, Pending>,
): Answer | Promise<Answer> {
  requireFlow(client, "ALLOW_USER_PASSWORD_AUTH", "USER_PASSWORD_AUTH");
  const name = readText(parameters, "USERNAME");
  const password = readText(parameters, "PASSWORD");
  checkSecretHash(client, name, parameters.SECRET_HASH);
  const user = findUser(pool, name);
  if (!user) throw client.hidesUserExistence ? wrongSignIn() : noUser();
  requirePassword(pool, user, password);
  return admit(pool, client, user, pending);
}

/** Tokens, or first a new-password challenge for users that an administrator created. */
async function admit(pool: Pool, client: ClientSettings, user: User, pending: Map<string, Pending>): Promise<Answer> {
  if (user.status !== "FORCE_CHANGE_PASSWORD") {
    return { ChallengeParameters: {}, AuthenticationResult: await signInUser(pool, client, user) };
  }
  const session = randomBytes(SESSION_BYTES).toString("base64url");
  keep(pending, session, { pool, client, user, username: user.username });
  return {
    ChallengeName: "NEW_PASSWORD_REQUIRED",
    Session: session,
    ChallengeParameters: {
      USER_ID_FOR_SRP: user.username,
      requiredAttributes: "[]",
      userAttributes: JSON.stringify(user.attributes),
    },
  };
}

async function setNewPassword(
  { pool, client, body }: SignInCall,
  responses: Body,
  pending: Map<string, Pending>,
): Promise<Answer> {
  const session = readText(body, "Session");
  const { user } = take(pending, session, client);
  checkSecretHash(client, readText(responses, "USERNAME"), responses.SECRET_HASH);
  if (user?.status !== "FORCE_CHANGE_PASSWORD") throw refused("Invalid session for the user.");
  try {
    setPassword(pool, user, readText(responses, "NEW_PASSWORD"));
  } catch (error) {
    // The user may try another password in the same session.
    keep(pending, session, { pool, client, user, username: user.username });
    throw error;
  }
  const attributes = readOwnAttributes(pool, client, listNewAttributes(responses));
  checkMutable(pool, user, Object.keys(attributes));
  Object.assign(user.attributes, attributes);
  user.status = "CONFIRMED";
  pool.save();
  return { ChallengeParameters: {}, AuthenticationResult: await signInUser(pool, client, user) };
}

function listNewAttributes(responses: Body) {
  const prefix = "userAttributes.";
  const names = Object.keys(responses).filter((name) => name.startsWith(prefix));
  return names.map((name) => ({ Name: name.slice(prefix.length), Value: responses[name] }));
}

function keep(pending: Map<string, Pending>, key: string, started: Omit<Pending, "expiresAtMs">): void {
  const now = started.pool.now();
  for (const [old, { expiresAtMs }] of pending) if (expiresAtMs <= now) pending.delete(old);
  pending.set(key, { ...started, expiresAtMs: now + started.client.signInSessionMs });
}

/** A challenge can be answered once. @throws AwsError NotAuthorizedException */
function take(pending: Map<string, Pending>, key: string, client: ClientSettings): Pending {
  const started = pending.get(key);
  pending.delete(key);
  if (started?.client.id === client.id && started.pool.now() < started.expiresAtMs) return started;
  throw refused("Invalid session for the user, session is expired.");
}

function requireFlow(client: ClientSettings, permission: string, flow: string): void {
  if (client.allowedFlows.has(permission) || client.allowedFlows.has(flow)) return;
  throw wrongParameter(`${flow} flow not enabled for this client`);
}

function checkClientSecret(client: ClientSettings, given: unknown): void {
  if (client.secret && client.secret !== given) throw refused(`Unable to verify secret for client ${client.id}`);
}

/** The challenge for an unknown user: always the same salt and id for the same name, as for a real user. */
function inventVerifier(pool: Pool, user: User | undefined, name: string) {
  const digest = createHmac("sha256", pool.state.secret).update(name.toLowerCase()).digest("hex");
  const uuid = digest.replace(/^(.{8})(.{4}).(.{3}).(.{3})(.{12}).*$/, "$1-$2-4$3-a$4-$5");
  const username = user?.username ?? (pool.settings.usernameIsEmail ? uuid : name);
  return { salt: digest.slice(32), verifier: randomBytes(VERIFIER_BYTES).toString("hex"), username };
}
