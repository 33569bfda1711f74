/** The id generators of util. */
import { randomBytes, randomUUID } from "node:crypto";

export function autoId(): string {
  return randomUUID();
}

const CROCKFORD = "0123456789ABCDEFGHJKMNPQRSTVWXYZ";

/** 48 bits of milliseconds and 80 random bits in 26 characters. */
export function autoUlid(nowMs: number): string {
  return inBase(CROCKFORD, BigInt(nowMs), 10) + inBase(CROCKFORD, randomBits(10), 16);
}

const BASE62 = "0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz";
/** KSUIDs count seconds from 2014-05-13T16:53:20Z. */
const KSUID_EPOCH_SECONDS = 1_400_000_000;

/** 32 bits of seconds and 128 random bits in 27 characters. */
export function autoKsuid(nowMs: number): string {
  const seconds = BigInt(Math.floor(nowMs / 1000) - KSUID_EPOCH_SECONDS);
  return inBase(BASE62, (seconds << 128n) | randomBits(16), 27);
}

function randomBits(bytes: number): bigint {
  return BigInt(`0x${randomBytes(bytes).toString("hex")}`);
}

function inBase(alphabet: string, value: bigint, length: number): string {
  const base = BigInt(alphabet.length);
  let text = "";
  for (let rest = value; text.length < length; rest /= base) text = alphabet.charAt(Number(rest % base)) + text;
  return text;
}
