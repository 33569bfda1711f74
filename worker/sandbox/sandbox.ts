/**
 * Runs templates' code, which is untrusted: in QuickJS compiled to WebAssembly, without any object of the host, with limits on
 * time and memory. A VM that hit a limit is discarded along with its memory.
 */
import { createContext, Script } from "node:vm";
import { newQuickJSWASMModule, type QuickJSContext, type QuickJSHandle, type QuickJSRuntime } from "quickjs-emscripten";
import { GUEST_PROGRAM } from "./generated/guest.ts";
import type { ScriptSource } from "./guest/script.ts";

/**
 * CPU time per run, so that the result does not depend on how busy the machine is. QuickJS checks it while it runs a template's
 * own code, and regular expressions.
 */
const LIMIT_MS = 100;
/** Wall-clock time per run: QuickJS's built-in loops, say over a sparse array of length 2^53, are stopped by V8. */
const HARD_LIMIT_MS = 500;
/** A batch starts no run after this long, so that its last one has most of the hard limit for itself. */
const BATCH_MS = 20;
const LIMIT_BYTES = 32 * 1024 * 1024;
/** Below the WebAssembly stack's own limit, so that endless recursion is an error in the guest and does not crash the VM. */
const LIMIT_STACK_BYTES = 160 * 1024;
/** A run this long may have left much uncollected garbage: the next one gets a new VM. */
const HEAVY_MS = 20;

/** What the template's code did wrong, and where: `line` and `column` count from 1 in the program, or in the named partial. */
export class SandboxError extends Error {
  constructor(
    message: string,
    readonly location: GuestErrorLocation = {},
    /** It took too much time or memory; the VM is replaced. */
    readonly isLimit = false,
  ) {
    super(message);
    this.name = "SandboxError";
  }
}

export interface GuestErrorLocation {
  /** The name of the program that was running. */
  readonly program?: string;
  readonly partial?: string;
  readonly line?: number;
  readonly column?: number;
  /** Its result has more characters than allowed. */
  readonly isTooLong?: boolean;
}

interface Machine {
  readonly runtime: QuickJSRuntime;
  readonly context: QuickJSContext;
  /** The functions of `guest/main.ts`. */
  readonly load: QuickJSHandle;
  readonly run: QuickJSHandle;
  readonly matches: QuickJSHandle;
  /** The numbers of the scripts it has loaded. */
  readonly scripts: WeakMap<ScriptSource, number>;
  /** The `it` of its last run, which it has kept. */
  it?: string;
  needsReplacing: boolean;
}

export class Sandbox {
  /** Absent after it hit a limit. */
  #machine: Machine | undefined;
  #building: Promise<void> | undefined;
  #begunAtMs = 0;
  /** Measured before the batch or run, not in each: the system call costs more than a small rendering. */
  #usage = process.cpuUsage();

  static async create(): Promise<Sandbox> {
    const sandbox = new Sandbox();
    await sandbox.ready();
    return sandbox;
  }

  /**
   * Runs programs of a script over the same `it`, the text of a JSON object. `randomSeed` seeds their randomness.
   * @param maxCharacters of each prompt, and of all results together
   * @returns each program's result, through JSON
   * @throws SandboxError
   */
  run(
    script: ScriptSource,
    programs: readonly string[],
    it: string,
    randomSeed: number,
    maxCharacters: number,
  ): unknown[] {
    const number = this.#numberOf(script);
    const machine = this.#requireMachine();
    const { context } = machine;
    const isKnown = machine.it === it;
    machine.it = undefined;
    const values = this.#call("run", [
      context.newNumber(number),
      context.newString(JSON.stringify(programs)),
      isKnown ? context.undefined : context.newString(it),
      context.newNumber(randomSeed),
      context.newNumber(maxCharacters),
    ]) as unknown[];
    machine.it = it;
    return values;
  }

  /** Whether a regular expression matches: these are untrusted too, and some never terminate. */
  matches(source: string, flags: string, text: string): boolean {
    const { context } = this.#requireMachine();
    return (
      this.#call(
        "matches",
        [source, flags, text].map((part) => context.newString(part)),
      ) === true
    );
  }

  /**
   * Runs code of ours whose work strangers choose, such as their schemas; it may run patterns in here.
   * @throws SandboxError when it takes longer than a run may
   */
  limited<T>(run: () => T): T {
    try {
      return withinTime(run);
    } catch (error) {
      if (!isTimeout(error)) throw error;
      // It may have been stopped in the middle of a pattern.
      this.#machine = undefined;
      throw new SandboxError(`it took longer than ${HARD_LIMIT_MS} ms`, {}, true);
    }
  }

  /** Await it between records: it replaces a VM that hit a limit or ran for long. Without a VM, runs fail. */
  async ready(): Promise<void> {
    while (!this.#machine || this.#machine.needsReplacing) await (this.#building ??= this.#build());
  }

  get isReady(): boolean {
    return this.#machine?.needsReplacing === false;
  }

  /**
   * Runs queued tasks one after another under one watchdog, since each watchdog costs a thread: until `next` returns nothing,
   * the VM must be replaced, or the event loop should get a turn.
   * @returns false if the watchdog stopped the last task: run it alone, so that its error can be located
   */
  runBatch(next: () => (() => void) | undefined): boolean {
    this.#usage = process.cpuUsage();
    const endMs = performance.now() + BATCH_MS;
    try {
      withinTime(() => {
        for (let run = next(); run; run = this.isReady && performance.now() < endMs ? next() : undefined) run();
      });
      return true;
    } catch (error) {
      if (!isTimeout(error)) throw error;
      this.#machine = undefined;
      return false;
    }
  }

  async #build(): Promise<void> {
    try {
      const machine = await buildMachine();
      machine.runtime.setInterruptHandler(() => this.#hasTaken(LIMIT_MS));
      this.#machine = machine;
    } finally {
      this.#building = undefined;
    }
  }

  #requireMachine(): Machine {
    if (!this.#machine) throw new SandboxError("the sandbox is being rebuilt");
    return this.#machine;
  }

  #numberOf(script: ScriptSource): number {
    const machine = this.#requireMachine();
    const known = machine.scripts.get(script);
    if (known !== undefined) return known;
    const number = this.#call("load", [machine.context.newString(JSON.stringify(script))]) as number;
    machine.scripts.set(script, number);
    return number;
  }

  #call(name: "load" | "run" | "matches", args: QuickJSHandle[]): unknown {
    const machine = this.#requireMachine();
    const { context, runtime } = machine;
    this.#begunAtMs = performance.now();
    if (!isWatched) this.#usage = process.cpuUsage();
    try {
      const result = withinTime(() => context.callFunction(machine[name], context.undefined, ...args));
      for (const arg of args) arg.dispose();
      if (result.error) {
        const { error } = result;
        throw outOfLimits(String(withinTime(() => context.dump(error) as Partial<Error> | undefined)?.message));
      }
      const answer = JSON.parse(context.getString(result.value)) as Answer;
      result.value.dispose();
      // A promise's continuation would run during a later record.
      if (runtime.hasPendingJob())
        throw new SandboxError("it used a promise, and nothing here waits for promises", {}, true);
      if (answer.isLimit) throw outOfLimits(answer.error, answer);
      machine.needsReplacing ||= this.#hasTaken(HEAVY_MS);
      if (answer.error !== undefined) throw new SandboxError(answer.error, answer);
      return answer.value;
    } catch (error) {
      const sandboxError =
        error instanceof SandboxError ? error : outOfLimits(String((error as Partial<Error>)?.message));
      // Not disposed of: a VM that hit a limit may be in no state for that.
      if (sandboxError.isLimit) this.#machine = undefined;
      throw sandboxError;
    }
  }

  /** Whether the run took that much CPU time; checks the clock first, since CPU time never exceeds it. */
  #hasTaken(ms: number): boolean {
    if (performance.now() - this.#begunAtMs <= ms) return false;
    const { user, system } = process.cpuUsage(this.#usage);
    return (user + system) / 1_000 > ms;
  }
}

interface Answer extends GuestErrorLocation {
  readonly value?: unknown;
  readonly error?: string;
  readonly isLimit?: boolean;
}

/** @param cause the message of QuickJS or V8 */
function outOfLimits(cause = "", location: GuestErrorLocation = {}): SandboxError {
  if (cause.includes("memory"))
    return new SandboxError(`it took more than ${LIMIT_BYTES / 1024 ** 2} MB of memory`, location, true);
  if (cause.includes("stack")) return new SandboxError("it recursed too deeply", location, true);
  if (cause === "interrupted" || cause.includes("timed out"))
    return new SandboxError(`it took longer than ${LIMIT_MS} ms`, location, true);
  return new SandboxError(`it crashed the sandbox (${cause})`, location, true);
}

const watchdogContext = createContext({ run: undefined as unknown });
const watchdogScript = new Script("run()");
let isWatched = false;

/** V8 limits a script's run time, including WebAssembly. @throws Error "Script execution timed out after 500ms" */
function withinTime<T>(run: () => T): T {
  if (isWatched) return run();
  isWatched = true;
  watchdogContext.run = run;
  try {
    return watchdogScript.runInContext(watchdogContext, { timeout: HARD_LIMIT_MS }) as T;
  } finally {
    watchdogContext.run = undefined;
    isWatched = false;
  }
}

function isTimeout(error: unknown): boolean {
  return (error as Partial<NodeJS.ErrnoException>).code === "ERR_SCRIPT_EXECUTION_TIMEOUT";
}

async function buildMachine(): Promise<Machine> {
  const module = await newQuickJSWASMModule();
  const runtime = module.newRuntime({ memoryLimitBytes: LIMIT_BYTES, maxStackSizeBytes: LIMIT_STACK_BYTES });
  const context = runtime.newContext();
  const guest = context.unwrapResult(context.evalCode(GUEST_PROGRAM, "guest.js", { type: "global" }));
  const [load, run, matches] = ["load", "run", "matches"].map((name) => context.getProp(guest, name));
  if (!load || !run || !matches)
    throw new Error("The sandbox's program lacks a function; rebuild it with worker/sandbox/guest/build.ts.");
  return { runtime, context, load, run, matches, scripts: new WeakMap(), needsReplacing: false };
}
