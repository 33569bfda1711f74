/**
 * Runs what templates say, which is code from strangers: in QuickJS compiled to WebAssembly, without any object of the host,
 * with limits on time and memory. A machine that hit a limit is thrown away whole, its memory with it.
 */
import { createContext, Script } from "node:vm";
import { newQuickJSWASMModule, type QuickJSContext, type QuickJSHandle, type QuickJSRuntime } from "quickjs-emscripten";
import { GUEST_PROGRAM } from "./generated/guest.ts";
import type { ScriptSource } from "./guest/script.ts";

/**
 * One rendering may take this long, of the processor's time: how busy the machine is must not decide. QuickJS looks at it
 * while it runs a template's own code, and regular expressions.
 */
const LIMIT_MS = 100;
/** And this long in any case: QuickJS's own loops, over a list of 2^53 gaps, are stopped by V8. */
const HARD_LIMIT_MS = 500;
/** Runs under one watch begin for this long, so that the last of them has most of the hard limit for itself. */
const SHARED_MS = 20;
const LIMIT_BYTES = 32 * 1024 * 1024;
/** Below what the machine's own stack bears, so that endless recursion is an error inside and not a crash of the machine. */
const LIMIT_STACK_BYTES = 160 * 1024;
/** What ran this long may have filled memory with what is not collected yet: the machine is worn, the next record gets another. */
const HEAVY_MS = 20;

/** What a template's code did wrong, in words, and where: `line` and `column` from 1 in the program, or in the partial named. */
export class SandboxError extends Error {
  constructor(
    message: string,
    readonly location: GuestErrorLocation = {},
    /** It took too long or too much memory; the machine is replaced. */
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
  /** It gave more characters than it may. */
  readonly isTooLong?: boolean;
}

interface Machine {
  readonly runtime: QuickJSRuntime;
  readonly context: QuickJSContext;
  /** The functions of `inside/main.ts`. */
  readonly load: QuickJSHandle;
  readonly run: QuickJSHandle;
  readonly matches: QuickJSHandle;
  /** The numbers of the scripts it has. */
  readonly scripts: WeakMap<ScriptSource, number>;
  /** The `it` of its last run, which it keeps. */
  it?: string;
  needsReplacing: boolean;
}

export class Sandbox {
  /** Absent after it hit a limit. */
  #machine: Machine | undefined;
  #building: Promise<void> | undefined;
  #begunAtMs = 0;
  /** Since before the run began: to ask the system costs more than a small rendering. */
  #usage = process.cpuUsage();

  static async create(): Promise<Sandbox> {
    const sandbox = new Sandbox();
    await sandbox.ready();
    return sandbox;
  }

  /**
   * Runs programs of a script over the same `it`, the text of a JSON object. `chance` begins their chance.
   * @param longest the most characters that each prompt, and all answers together, may have
   * @returns what each returned, as JSON has it
   * @throws SandboxError
   */
  run(script: ScriptSource, programs: readonly string[], it: string, chance: number, longest: number): unknown[] {
    const number = this.#numberOf(script);
    const machine = this.#present();
    const { context } = machine;
    const isKnown = machine.it === it;
    machine.it = undefined;
    const values = this.#call("run", [
      context.newNumber(number),
      context.newString(JSON.stringify(programs)),
      isKnown ? context.undefined : context.newString(it),
      context.newNumber(chance),
      context.newNumber(longest),
    ]) as unknown[];
    machine.it = it;
    return values;
  }

  /** Whether a regular expression matches: also those come from strangers, and some never end. */
  matches(source: string, flags: string, text: string): boolean {
    const { context } = this.#present();
    return (
      this.#call(
        "matches",
        [source, flags, text].map((part) => context.newString(part)),
      ) === true
    );
  }

  /** Await it between records: it puts a new machine in place of one that hit a limit or is worn. Runs fail without one. */
  async ready(): Promise<void> {
    while (!this.#machine || this.#machine.needsReplacing) await (this.#building ??= this.#build());
  }

  get isReady(): boolean {
    return this.#machine?.needsReplacing === false;
  }

  /**
   * Runs what is waiting, one after the other under one watch, since a watch costs a thread: until `next` gives nothing more,
   * the machine must be replaced, or others should have their turn.
   * @returns false when the watch had to stop what was run last: it should be run alone, where its fault finds its place
   */
  runBatch(next: () => (() => void) | undefined): boolean {
    this.#usage = process.cpuUsage();
    const endMs = performance.now() + SHARED_MS;
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

  #present(): Machine {
    if (!this.#machine) throw new SandboxError("the sandbox is being rebuilt");
    return this.#machine;
  }

  #numberOf(script: ScriptSource): number {
    const machine = this.#present();
    const known = machine.scripts.get(script);
    if (known !== undefined) return known;
    const number = this.#call("load", [machine.context.newString(JSON.stringify(script))]) as number;
    machine.scripts.set(script, number);
    return number;
  }

  #call(name: "load" | "run" | "matches", args: QuickJSHandle[]): unknown {
    const machine = this.#present();
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
      // A promise's continuation would run in a later record's time.
      if (runtime.hasPendingJob())
        throw new SandboxError("it used a promise, and nothing here waits for promises", {}, true);
      if (answer.isLimit) throw outOfLimits(answer.error, answer);
      machine.needsReplacing ||= this.#hasTaken(HEAVY_MS);
      if (answer.error !== undefined) throw new SandboxError(answer.error, answer);
      return answer.value;
    } catch (error) {
      const fault = error instanceof SandboxError ? error : outOfLimits(String((error as Partial<Error>)?.message));
      // Without disposing: what hit a limit may be in no state to be taken apart.
      if (fault.isLimit) this.#machine = undefined;
      throw fault;
    }
  }

  /** Whether the run took so much of the processor's time; no run takes more of it than of the clock's. */
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

/** @param cause what the machine, or what runs it, said */
function outOfLimits(cause = "", place: GuestErrorLocation = {}): SandboxError {
  if (cause.includes("memory"))
    return new SandboxError(`it took more than ${LIMIT_BYTES / 1024 ** 2} MB of memory`, place, true);
  if (cause.includes("stack")) return new SandboxError("it called itself too deeply", place, true);
  if (cause === "interrupted" || cause.includes("timed out"))
    return new SandboxError(`it took longer than ${LIMIT_MS} ms`, place, true);
  return new SandboxError(`it broke the sandbox (${cause})`, place, true);
}

const watchdogContext = createContext({ act: undefined as unknown });
const watchdogScript = new Script("act()");
let isWatched = false;

/** V8 gives a script a time to run in, WebAssembly included. @throws Error "Script execution timed out after 500ms" */
function withinTime<T>(run: () => T): T {
  if (isWatched) return run();
  isWatched = true;
  watchdogContext.act = run;
  try {
    return watchdogScript.runInContext(watchdogContext, { timeout: HARD_LIMIT_MS }) as T;
  } finally {
    watchdogContext.act = undefined;
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
  const inside = context.unwrapResult(context.evalCode(GUEST_PROGRAM, "guest.js", { type: "global" }));
  const [load, run, matches] = ["load", "run", "matches"].map((name) => context.getProp(inside, name));
  if (!load || !run || !matches) throw new Error("The program of the sandbox lacks a function; build it again.");
  return { runtime, context, load, run, matches, scripts: new WeakMap(), needsReplacing: false };
}
