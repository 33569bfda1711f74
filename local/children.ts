/**
 * Child processes that never outlive this one. Each child leads its own process group; a small watcher shell holds a pipe
 * from here and knows the groups: when the pipe closes, however this process ended, it kills those that remain. So the
 * programs in the children need not cooperate, and they keep their own pid, signals and exit code.
 */
import { reportExhaustion } from "./exhaustion.ts";
import { spawn, type ChildProcess, type SpawnOptions } from "node:child_process";

const WATCH_SCRIPT = `
children=""
while read -r action pid; do
  case $action in
    add) children="$children $pid" ;;
    remove) kept=""; for child in $children; do [ "$child" = "$pid" ] || kept="$kept $child"; done; children=$kept ;;
  esac
done
for child in $children; do kill -9 "-$child" 2>/dev/null; done
exit 0`;

const watched = new Set<number>();
let watcher: ChildProcess | undefined;

/** Like `spawn`, for a child that ends with this process, together with all that the child started. */
export function startChild(command: string, args: readonly string[], options: SpawnOptions): ChildProcess {
  const child = spawn(command, args, { ...options, detached: true });
  const { pid } = child;
  if (pid === undefined) return child;
  watch(pid);
  child.once("exit", () => {
    killGroup(pid);
    forget(pid);
  });
  return child;
}

/** Ends a child: SIGTERM, then SIGKILL for its whole group after `graceMs`. Resolves when it has ended. */
export function endChild(child: ChildProcess, graceMs: number): Promise<void> {
  if (hasEnded(child)) return Promise.resolve();
  return new Promise((resolve) => {
    const timer = setTimeout(() => killChild(child), graceMs);
    child.once("exit", () => {
      clearTimeout(timer);
      resolve();
    });
    child.kill("SIGTERM");
  });
}

/** Kills a child and all that it started, with SIGKILL. */
export function killChild(child: ChildProcess): void {
  if (child.pid !== undefined && !hasEnded(child)) killGroup(child.pid);
}

export function hasEnded(child: ChildProcess): boolean {
  return child.pid === undefined || child.exitCode !== null || child.signalCode !== null;
}

function watch(pid: number): void {
  watched.add(pid);
  if (watcher) return void watcher.stdin?.write(`add ${pid}\n`);
  watcher = startWatcher();
  for (const each of watched) watcher.stdin?.write(`add ${each}\n`);
}

function forget(pid: number): void {
  watched.delete(pid);
  watcher?.stdin?.write(`remove ${pid}\n`);
  if (watched.size > 0) return;
  watcher?.stdin?.end();
  watcher = undefined;
}

function startWatcher(): ChildProcess {
  const started = spawn("/bin/sh", ["-c", WATCH_SCRIPT], { detached: true, stdio: ["pipe", "ignore", "ignore"] });
  // Without descriptors left, there is no watcher; the next child starts one, which watches all of them.
  started.once("error", (error) => {
    reportExhaustion(error);
    if (watcher === started) watcher = undefined;
  });
  started.unref();
  // The pipe is a socket here; neither it nor the shell may keep this process alive.
  const { stdin } = started;
  if (stdin && "unref" in stdin && typeof stdin.unref === "function") stdin.unref();
  stdin?.on("error", () => undefined);
  return started;
}

function killGroup(pid: number): void {
  try {
    process.kill(-pid, "SIGKILL");
  } catch {
    // The group is already gone.
  }
}
