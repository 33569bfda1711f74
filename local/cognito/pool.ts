/** One user pool: its settings, clients, groups and stored state. */
import { createHash, randomBytes } from "node:crypto";
import { join } from "node:path";
import { exportJWK, generateKeyPair } from "jose";
import { appendWhole } from "../files.ts";
import type { CloudContext, Resource } from "../service.ts";
import { noResource } from "./errors.ts";
import { readPoolSettings } from "./settings.ts";
import type { ClientSettings, PoolSettings } from "./settings.ts";
import { loadState, saveState } from "./state.ts";
import type { PoolState } from "./state.ts";

export interface Group {
  readonly name: string;
  readonly roleArn?: string;
  /** Lower values win. */
  readonly precedence: number;
}

export interface Mail {
  readonly to: string;
  readonly subject: string;
  readonly body: string;
  /** The code or temporary password in the body. */
  readonly code: string;
}

export interface Pool {
  /** `us-east-1_AbCdEfGhI` */
  readonly id: string;
  /** The id without its region, as SRP uses it. */
  readonly name: string;
  readonly arn: string;
  /** `iss` of its tokens, and the base address of its keys. */
  readonly issuer: string;
  readonly settings: PoolSettings;
  readonly clients: Map<string, ClientSettings>;
  readonly groups: Map<string, Group>;
  readonly state: PoolState;
  /** The file that its mail goes to. */
  readonly outbox: string;
  now(): number;
  /** Call after each change, before answering. */
  save(): void;
  /** Appends a mail to the outbox. */
  send(mail: Mail): void;
}

const POOL_ID_LETTERS = 9;
const CLIENT_ID_LETTERS = 26;
const CLIENT_SECRET_LETTERS = 51;
const LETTERS_AND_DIGITS = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
const LOWER_CASE_AND_DIGITS = "0123456789abcdefghijklmnopqrstuvwxyz";

/** Opens the pool of a resource, with the users of earlier starts. @param url the address the service listens on */
export async function openPool(resource: Resource, context: CloudContext, url: string): Promise<Pool> {
  const settings = readPoolSettings(resource);
  const name = deriveText(resource.path, LETTERS_AND_DIGITS, POOL_ID_LETTERS);
  const id = `${context.region}_${name}`;
  const file = join(context.folder, `${id}.json`);
  const state = loadState(file) ?? (await newState());
  const pool: Pool = {
    id,
    name,
    arn: `arn:aws:cognito-idp:${context.region}:${context.accountId}:userpool/${id}`,
    issuer: `${url}/${id}`,
    settings,
    clients: new Map(),
    groups: new Map(),
    state,
    outbox: join(context.folder, "outbox.jsonl"),
    now: () => context.clock.now(),
    save: () => saveState(file, state, context.clock.now()),
    send: (mail) => putIntoOutbox(mail, pool.outbox, context),
  };
  pool.save();
  return pool;
}

/** An id in Cognito's format, the same at every start. */
export const deriveClientId = (path: string) => deriveText(path, LOWER_CASE_AND_DIGITS, CLIENT_ID_LETTERS);

/** Like the id, but as hard to guess as the pool's own secret. */
export const deriveClientSecret = (pool: Pool, path: string) =>
  deriveText(`${pool.state.secret} ${path}`, LOWER_CASE_AND_DIGITS, CLIENT_SECRET_LETTERS);

/** @throws AwsError ResourceNotFoundException */
export function findPool(pools: ReadonlyMap<string, Pool>, id: string): Pool {
  const pool = pools.get(id);
  if (pool) return pool;
  throw noResource(`User pool ${id} does not exist.`);
}

/** @throws AwsError ResourceNotFoundException */
export function requireGroup(pool: Pool, name: string): Group {
  const group = pool.groups.get(name);
  if (group) return group;
  throw noResource("Group not found.");
}

async function newState(): Promise<PoolState> {
  const { privateKey } = await generateKeyPair("RS256", { extractable: true });
  const kid = randomBytes(32).toString("base64");
  const signingKey = { ...(await exportJWK(privateKey)), kid, alg: "RS256", use: "sig" };
  return { secret: randomBytes(32).toString("hex"), signingKey, users: new Map(), sessions: new Map() };
}

function putIntoOutbox(mail: Mail, outbox: string, context: CloudContext): void {
  const { to, subject, body, code } = mail;
  const line = JSON.stringify({ at: new Date(context.clock.now()).toISOString(), to, subject, body, code });
  appendWhole(outbox, `${line}\n`);
  context.log(`mail to ${to}: ${subject} (${code})`);
}

/** A random-looking string that depends on `seed` alone. */
function deriveText(seed: string, alphabet: string, length: number): string {
  const digest = createHash("sha512").update(seed).digest();
  return Array.from(digest.subarray(0, length), (byte) => alphabet[byte % alphabet.length]).join("");
}
