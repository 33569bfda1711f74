/**
 * The server side of Cognito's Secure Remote Password protocol (SRP-6a over the 3072-bit group of RFC 3526, with
 * generator 2). The server stores a salt and a verifier of each password, never the password.
 */
import { createHash, createHmac, getDiffieHellman, randomBytes, timingSafeEqual } from "node:crypto";

/** What is stored instead of a password; both in hexadecimal. */
export interface Verifier {
  readonly salt: string;
  readonly verifier: string;
}

/** The server's half of one sign-in, kept between its two requests. */
export interface SrpChallenge {
  readonly verifier: bigint;
  /** The client's public value A. */
  readonly clientPublic: bigint;
  readonly serverSecret: bigint;
  /** The server's public value B. */
  readonly serverPublic: bigint;
}

/** Who claims to know the password, and the proof; strings exactly as in the challenge's parameters. */
export interface SrpClaim {
  readonly poolName: string;
  readonly username: string;
  /** base64 */
  readonly secretBlock: string;
  readonly timestamp: string;
  /** base64 */
  readonly signature: string;
}

const PRIME = BigInt(`0x${getDiffieHellman("modp15").getPrime("hex")}`);
const GENERATOR = 2n;
const MULTIPLIER = hashToNumber(signedHex(PRIME) + signedHex(GENERATOR));
const SERVER_SECRET_BYTES = 32;
const SALT_BYTES = 16;
const KEY_BYTES = 16;
/** The label with which AWS derives the session key. */
const KEY_LABEL = "Caldera Derived Key\u0001";

/**
 * What to store for a password.
 * @param poolName the pool's id without its region: `us-east-1_AbC` → `AbC`
 * @param username the user's own name, not an alias
 */
export function makeVerifier(poolName: string, username: string, password: string): Verifier {
  const salt = randomBytes(SALT_BYTES).toString("hex");
  return { salt, verifier: computeVerifier(poolName, username, password, salt) };
}

/** Whether a plaintext password matches the verifier. */
export function matchesPassword(poolName: string, username: string, password: string, stored: Verifier): boolean {
  const computed = computeVerifier(poolName, username, password, stored.salt);
  return sameBytes(Buffer.from(computed), Buffer.from(stored.verifier));
}

/** Answers a client's A with B; `undefined` when A is one of the values that would reveal the secret. */
export function openChallenge(clientPublicHex: string, verifierHex: string): SrpChallenge | undefined {
  if (!/^[0-9a-f]+$/i.test(clientPublicHex)) return undefined;
  const clientPublic = BigInt(`0x${clientPublicHex}`);
  if (clientPublic % PRIME === 0n) return undefined;
  const verifier = BigInt(`0x${verifierHex}`);
  const serverSecret = BigInt(`0x${randomBytes(SERVER_SECRET_BYTES).toString("hex")}`);
  const serverPublic = (MULTIPLIER * verifier + power(GENERATOR, serverSecret)) % PRIME;
  return { verifier, clientPublic, serverSecret, serverPublic };
}

/** Whether the proof was made with the password. */
export function provesPassword(challenge: SrpChallenge, claim: SrpClaim): boolean {
  const mixed = signedHex(challenge.clientPublic) + signedHex(challenge.serverPublic);
  const scrambler = hashToNumber(mixed);
  const base = (challenge.clientPublic * power(challenge.verifier, scrambler)) % PRIME;
  const shared = power(base, challenge.serverSecret);
  const key = deriveKey(signedHex(shared), signedHex(scrambler));
  const message = Buffer.concat([
    Buffer.from(claim.poolName),
    Buffer.from(claim.username),
    Buffer.from(claim.secretBlock, "base64"),
    Buffer.from(claim.timestamp),
  ]);
  const expected = createHmac("sha256", key).update(message).digest();
  return sameBytes(expected, Buffer.from(claim.signature, "base64"));
}

/** Hexadecimal as Java's BigInteger writes it: whole bytes, and a leading zero byte where the sign bit would be set. */
function signedHex(value: bigint): string {
  const digits = value.toString(16);
  const whole = digits.length % 2 === 1 ? `0${digits}` : digits;
  return /^[89a-f]/i.test(whole) ? `00${whole}` : whole;
}

function computeVerifier(poolName: string, username: string, password: string, salt: string): string {
  const identity = createHash("sha256").update(`${poolName}${username}:${password}`).digest("hex");
  // Clients parse the salt as a number, so leading zeros must not matter.
  return power(GENERATOR, hashToNumber(signedHex(BigInt(`0x${salt}`)) + identity)).toString(16);
}

function hashToNumber(hex: string): bigint {
  return BigInt(`0x${createHash("sha256").update(Buffer.from(hex, "hex")).digest("hex")}`);
}

function deriveKey(sharedHex: string, scramblerHex: string): Buffer {
  const extracted = createHmac("sha256", Buffer.from(scramblerHex, "hex"))
    .update(Buffer.from(sharedHex, "hex"))
    .digest();
  return createHmac("sha256", extracted).update(KEY_LABEL).digest().subarray(0, KEY_BYTES);
}

/** base ^ exponent modulo the group's prime. */
function power(base: bigint, exponent: bigint): bigint {
  let result = 1n;
  let square = base % PRIME;
  for (let rest = exponent; rest > 0n; rest >>= 1n) {
    if (rest & 1n) result = (result * square) % PRIME;
    square = (square * square) % PRIME;
  }
  return result;
}

function sameBytes(left: Buffer, right: Buffer): boolean {
  return left.length === right.length && timingSafeEqual(left, right);
}
