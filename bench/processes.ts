/** What the kernel reports about a process (Linux only). */
import { readdir, readFile } from "node:fs/promises";

/** The kernel counts CPU time in hundredths of a second. */
const TICK_MS = 10;

/** User and system time of all threads, in milliseconds. */
export async function cpuMsOf(pid: number): Promise<number> {
  return (await statOf(pid)).ownMs;
}

/** The same of a process and everything that it has started, also of what has ended since. */
export async function cpuMsOfTree(pid: number): Promise<number> {
  const pids = (await readdir("/proc")).map(Number).filter(Number.isInteger);
  const living = await Promise.all(pids.map((each) => statOf(each).catch(() => undefined)));
  const stats = new Map(living.flatMap((stat) => (stat ? [[stat.pid, stat] as const] : [])));
  const isOurs = (stat: Stat | undefined): boolean => !!stat && (stat.pid === pid || isOurs(stats.get(stat.parentPid)));
  return [...stats.values()].filter(isOurs).reduce((sum, { ownMs, endedMs }) => sum + ownMs + endedMs, 0);
}

/** The same of the children of a process that have ended, and theirs. */
export async function cpuMsOfEnded(pid: number): Promise<number> {
  return (await statOf(pid)).endedMs;
}

interface Stat {
  readonly pid: number;
  readonly parentPid: number;
  readonly ownMs: number;
  /** Of its children that have ended, and theirs. */
  readonly endedMs: number;
}

async function statOf(pid: number): Promise<Stat> {
  const stat = await readFile(`/proc/${pid}/stat`, "utf8");
  // The name in brackets may contain spaces. After it: state, parent, and as 12th to 15th field the times.
  const fields = stat
    .slice(stat.lastIndexOf(")") + 2)
    .split(" ")
    .map(Number);
  const [, parentPid = 0] = fields;
  const [user = 0, system = 0, endedUser = 0, endedSystem = 0] = fields.slice(11);
  return { pid, parentPid, ownMs: (user + system) * TICK_MS, endedMs: (endedUser + endedSystem) * TICK_MS };
}

/** The high-water mark of its memory; 0 once the process is gone. */
export async function highWaterMb(pid: number): Promise<number> {
  const status = await readFile(`/proc/${pid}/status`, "utf8").catch(() => "");
  return Number(/VmHWM:\s+(\d+) kB/.exec(status)?.[1] ?? 0) / 1024;
}
