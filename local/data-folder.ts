/** The data folder of a local cloud, which holds all its state; one cloud may use it at a time. */
import { accessSync, chmodSync, constants, existsSync, mkdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { dirname, join, resolve } from "node:path";
import { replaceFile } from "./files.ts";

/** Data folders hold codes, passwords, tokens and keys. */
const OWNER_ONLY = 0o700;

/** `lock.json`: the process that uses a data folder. */
export interface Lock {
  readonly pid: number;
  /** The address to open in a browser, or the control endpoint until there is one. */
  readonly url: string;
  /** Answers `GET /health` as long as the process lives. */
  readonly controlUrl: string;
}

/**
 * Creates the folder if needed.
 * @returns its absolute path
 * @throws Error when it cannot be written
 */
export function openDataFolder(folder: string): string {
  const path = resolve(folder);
  try {
    makeFolder(path, OWNER_ONLY);
    accessSync(path, constants.W_OK | constants.X_OK);
    const probe = join(path, `.probe-${process.pid}`);
    try {
      writeFileSync(probe, "A full disk takes an empty file, but not this.\n");
    } finally {
      rmSync(probe, { force: true });
    }
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new Error(
      `The data directory ${path} cannot be written (${code}). Choose another directory or change its permissions.`,
      {
        cause: error,
      },
    );
  }
  return path;
}

/** Level by level: Node's own `recursive` never ends under an existing folder that allows no new ones, such as /proc. */
function makeFolder(path: string, mode?: number): void {
  if (existsSync(path)) return;
  makeFolder(dirname(path));
  mkdirSync(path, { mode });
}

/** A folder below the data folder, which its owner alone may read even if the data folder is one that others may enter. */
export function openServiceFolder(data: string, name: string): string {
  const path = join(data, name);
  mkdirSync(path, { recursive: true });
  // Also one that an earlier version made.
  chmodSync(path, OWNER_ONLY);
  return path;
}

/**
 * Locks the folder for this process. A stale lock, left by a process that is gone, is replaced.
 * @throws Error naming the other cloud's address when the folder is in use
 */
export async function lockDataFolder(folder: string, lock: Lock): Promise<void> {
  const file = lockFile(folder);
  if (tryWriteLock(file, lock)) return;
  const holder = await holderOf(folder);
  if (holder) throw inUse(folder, holder);
  rmSync(file, { force: true });
  if (!tryWriteLock(file, lock)) throw inUse(folder, readJson<Lock>(file) ?? lock);
}

/** The lock of the process that uses a folder; `undefined` when none does. */
export async function holderOf(folder: string): Promise<Lock | undefined> {
  const holder = readJson<Lock>(lockFile(folder));
  return holder && (await isAlive(holder)) ? holder : undefined;
}

/** Publishes a better address once there is one. */
export function updateLock(folder: string, lock: Lock): void {
  writeJson(lockFile(folder), lock);
}

export function unlockDataFolder(folder: string): void {
  if (readJson<Lock>(lockFile(folder))?.pid === process.pid) rmSync(lockFile(folder), { force: true });
}

/** @returns `undefined` when the file does not exist or is incomplete */
export function readJson<T>(file: string): T | undefined {
  try {
    return JSON.parse(readFileSync(file, "utf8")) as T;
  } catch {
    return undefined;
  }
}

/** Atomically, for the owner's eyes only. */
export function writeJson(file: string, value: unknown): void {
  replaceFile(file, `${JSON.stringify(value, null, 2)}\n`);
}

const HEALTH_TIMEOUT_MS = 2_000;

/** The process id may have been reused by another program, so the control endpoint is probed too. */
async function isAlive({ pid, controlUrl }: Lock): Promise<boolean> {
  if (!processExists(pid)) return false;
  try {
    await fetch(`${controlUrl}/health`, { signal: AbortSignal.timeout(HEALTH_TIMEOUT_MS) });
    return true;
  } catch (error) {
    return (error as Error).name === "TimeoutError";
  }
}

function processExists(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return true;
  } catch (error) {
    return (error as NodeJS.ErrnoException).code === "EPERM";
  }
}

function tryWriteLock(file: string, lock: Lock): boolean {
  try {
    writeFileSync(file, `${JSON.stringify(lock, null, 2)}\n`, { flag: "wx" });
    return true;
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "EEXIST") return false;
    throw error;
  }
}

function inUse(folder: string, { url, pid }: Lock): Error {
  return new Error(
    `The data directory ${folder} is in use by the local cloud at ${url} (process ${pid}). Use that one, stop it, or choose another directory.`,
  );
}

function lockFile(folder: string): string {
  return join(folder, "lock.json");
}
