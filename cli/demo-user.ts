/** The user with whom a person signs in to an instance on this machine. */
import { randomInt } from "node:crypto";
import { readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";

export interface DemoUser {
  readonly email: string;
  readonly password: string;
}

const EMAIL = "demo@plot-palette.local";
/** Easy to type, and none of them looks like another. */
const LETTERS = "abcdefghijkmnpqrstuvwxyz23456789";
const GROUPS = 4;
const LETTERS_IN_A_GROUP = 4;

/**
 * The demo user of a data directory. The password is random, since every web page that is open in a browser of this machine could try
 * a published one, and stays the same between starts: `demo-user.json`, for its owner's eyes only.
 */
export async function demoUserOf(data: string): Promise<DemoUser> {
  const file = join(data, "demo-user.json");
  const kept = await readFile(file, "utf8").catch(() => undefined);
  if (kept !== undefined) return JSON.parse(kept) as DemoUser;
  const user: DemoUser = { email: EMAIL, password: newPassword() };
  await writeSecret(file, user);
  return user;
}

/** Writes JSON that only its owner may read, whole or not at all. */
export async function writeSecret(file: string, value: unknown): Promise<void> {
  await writeFile(`${file}.new`, `${JSON.stringify(value, null, 2)}\n`, { mode: 0o600 });
  await rename(`${file}.new`, file);
}

/** 80 random bits in four groups, after what the password policy requires besides lowercase letters. */
function newPassword(): string {
  const letter = () => LETTERS[randomInt(LETTERS.length)];
  const group = () => Array.from({ length: LETTERS_IN_A_GROUP }, letter).join("");
  return ["P1", ...Array.from({ length: GROUPS }, group)].join("-");
}
