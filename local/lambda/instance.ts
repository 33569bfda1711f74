/**
 * One instance of a function: a process that handles one event at a time. A process rather than a worker thread, so that a
 * handler has its own working directory, signals, memory and exit, and cannot take this process down.
 */
import type { ChildProcess } from "node:child_process";
import { fileURLToPath } from "node:url";
import { reportExhaustion } from "../exhaustion.ts";
import { endChild, hasEnded, killChild, startChild } from "../children.ts";

const RUNTIME_FILE = fileURLToPath(new URL("./runtime.mjs", import.meta.url));
/** Lambda's limit on the time a handler's module may take to load. */
const INIT_LIMIT_MS = 10_000;
/** For handlers that listen for SIGTERM. */
const END_GRACE_MS = 1_000;
const LOG_TAIL_BYTES = 4 * 1024;

export interface Invocation {
  readonly requestId: string;
  /** JSON. */
  readonly payload: string;
  readonly functionArn: string;
  readonly timeoutMs: number;
  /** How far the cloud's clock is ahead of the machine's. */
  readonly clockAheadMs: number;
}

export interface Outcome {
  /** JSON: what the handler returned, or the error as Lambda reports it. */
  readonly payload: string;
  readonly failed: boolean;
  /** The last 4 KB of the handler's output. */
  readonly logTail: string;
}

interface Answer {
  readonly type: "ready" | "result" | "error";
  readonly payload?: string;
  readonly fatal?: boolean;
}

export class Instance {
  /** When it last became idle, by the machine's clock. */
  idleSinceMs = Date.now();
  #child: ChildProcess;
  #logTail = "";
  #isSpent = false;
  /** Resolves when its handler is loaded, or will never be. */
  readonly ready: Promise<void>;
  #settle: ((answer: Answer) => void) | undefined;

  constructor(
    options: { folder: string; env: Record<string, string>; memoryMb: number; writeLog: (text: string) => void },
    /** When its credentials expire, by the cloud's clock. */
    readonly credentialsExpireAtMs: number,
  ) {
    this.#child = startChild(process.execPath, [`--max-old-space-size=${options.memoryMb}`, RUNTIME_FILE], {
      cwd: options.folder,
      env: options.env,
      stdio: ["ignore", "pipe", "pipe", "ipc"],
    });
    for (const stream of [this.#child.stdout, this.#child.stderr]) {
      stream?.setEncoding("utf8").on("data", (text: string) => {
        options.writeLog(text);
        this.#logTail = (this.#logTail + text).slice(-LOG_TAIL_BYTES);
      });
    }
    let markReady: () => void = () => undefined;
    this.ready = new Promise((resolve) => (markReady = resolve));
    this.#child.on("message", (answer: Answer) => (answer.type === "ready" ? markReady() : this.#settle?.(answer)));
    this.#child.once("error", (error) => {
      reportExhaustion(error);
      markReady();
    });
    this.#child.once("exit", markReady);
  }

  /** Whether there was no room for its process. */
  get hasFailedToStart(): boolean {
    return this.#child.pid === undefined;
  }

  /** Whether it can handle no further event. */
  get isSpent(): boolean {
    return this.#isSpent || hasEnded(this.#child);
  }

  /** Handles one event; the caller ensures that there is only one at a time. Never rejects: errors become outcomes. */
  async run(invocation: Invocation): Promise<Outcome> {
    this.#logTail = "";
    const { requestId } = invocation;
    const answer = await this.#answerTo(invocation);
    if (answer.fatal) this.#kill();
    // Output from before the answer may still be in the pipe.
    await new Promise(setImmediate);
    const logTail = this.#logTail;
    if (answer.type === "result") return { payload: answer.payload ?? "null", failed: false, logTail };
    return { payload: answer.payload ?? ended(requestId, this.#child), failed: true, logTail };
  }

  /** Ends the process; resolves when it is gone. */
  end(): Promise<void> {
    return endChild(this.#child, END_GRACE_MS);
  }

  #kill(): void {
    this.#isSpent = true;
    killChild(this.#child);
  }

  async #answerTo({ requestId, payload, functionArn, timeoutMs, clockAheadMs }: Invocation): Promise<Answer> {
    const answered = new Promise<Answer>((resolve) => {
      const crash = () => resolve({ type: "error", fatal: true });
      this.#settle = (answer) => {
        this.#child.off("close", crash);
        resolve(answer);
      };
      // Output still in the pipe when the process ends belongs to this event, hence "close" rather than "exit".
      if (this.isSpent) crash();
      this.#child.once("close", crash);
    });
    const initTimedOut = await isLate(this.ready, INIT_LIMIT_MS + timeoutMs);
    if (!initTimedOut && this.#child.connected) {
      this.#child.send({ requestId, payload, functionArn, remainingMs: timeoutMs, clockAheadMs });
    }
    if (!initTimedOut && !(await isLate(answered, timeoutMs))) return answered;
    const errorMessage = `RequestId: ${requestId} Error: Task timed out after ${(timeoutMs / 1000).toFixed(2)} seconds`;
    return { type: "error", fatal: true, payload: JSON.stringify({ errorType: "Sandbox.Timedout", errorMessage }) };
  }
}

async function isLate(promise: Promise<unknown>, limitMs: number): Promise<boolean> {
  let timer: NodeJS.Timeout | undefined;
  const late = new Promise<true>((resolve) => (timer = setTimeout(() => resolve(true), limitMs)));
  const inTime = promise.then(() => false as const);
  return Promise.race([late, inTime]).finally(() => clearTimeout(timer));
}

function ended(requestId: string, child: ChildProcess): string {
  const how = child.signalCode
    ? `with error: signal: ${child.signalCode === "SIGKILL" ? "killed" : child.signalCode}`
    : child.exitCode === 0
      ? "without providing a reason"
      : `with error: exit status ${child.exitCode}`;
  return JSON.stringify({
    errorType: "Runtime.ExitError",
    errorMessage: `RequestId: ${requestId} Error: Runtime exited ${how}`,
  });
}
