/**
 * Runs what templates say, which is code from strangers: in QuickJS compiled to WebAssembly, without any object of the host,
 * with limits on time and memory. A machine that hit a limit is thrown away whole, its memory with it.
 */
import { newQuickJSWASMModule, type QuickJSContext, type QuickJSHandle, type QuickJSRuntime } from "quickjs-emscripten";
import { INSIDE } from "./inside.ts";

/** One rendering may take this long. */
const LIMIT_MS = 100;
const LIMIT_BYTES = 32 * 1024 * 1024;
/** Below what the machine's own stack bears, so that endless recursion is an error inside and not a crash of the machine. */
const LIMIT_STACK_BYTES = 160 * 1024;

/** What a template's code did wrong, in words. */
export class SandboxFault extends Error {
  constructor(
    message: string,
    /** It took too long, too much memory, or answered too much. */
    readonly isLimit = false,
  ) {
    super(message);
    this.name = "SandboxFault";
  }
}

interface Machine {
  readonly runtime: QuickJSRuntime;
  readonly context: QuickJSContext;
  readonly inside: QuickJSHandle;
  /** The numbers of the programs compiled in it, by source. */
  readonly programs: Map<string, number>;
}

export class Sandbox {
  #machine: Machine;
  /** Settles once the next machine stands in place of one that hit a limit. */
  #rebuilding: Promise<void> | undefined;
  #deadlineMs = Infinity;

  private constructor(machine: Machine) {
    this.#machine = machine;
    this.#watch(machine);
  }

  static async create(): Promise<Sandbox> {
    return new Sandbox(await buildMachine());
  }

  /**
   * Runs the body of a function of `it`; compiled once, kept. `seed` begins its chance.
   * @param longest the most characters its answer may have as JSON
   * @returns what it returned, as JSON has it
   * @throws SandboxFault
   */
  run(source: string, it: string, seed: number, longest: number): unknown {
    const number = this.#program(source);
    const { context } = this.#machine;
    const text = context.newString(it);
    const args = [context.newNumber(number), text, context.newNumber(seed), context.newNumber(longest)];
    return this.#call("call", args).value;
  }

  /** Whether a regular expression matches: also those come from strangers, and some never end. */
  matches(source: string, flags: string, text: string): boolean {
    const { context } = this.#machine;
    return (
      this.#call(
        "matches",
        [source, flags, text].map((part) => context.newString(part)),
      ).value === true
    );
  }

  /** After a limit was hit, until the next machine stands; runs fail before. */
  async ready(): Promise<void> {
    while (this.#rebuilding) await this.#rebuilding;
  }

  #watch({ runtime }: Machine): void {
    runtime.setInterruptHandler(() => performance.now() > this.#deadlineMs);
  }

  #program(source: string): number {
    const known = this.#machine.programs.get(source);
    if (known !== undefined) return known;
    const { number } = this.#call("compile", [this.#machine.context.newString(source)]);
    this.#machine.programs.set(source, number as number);
    return number as number;
  }

  #call(name: string, args: QuickJSHandle[]): Answer {
    if (this.#rebuilding) throw new SandboxFault("The sandbox is being rebuilt.", true);
    const { context, runtime, inside } = this.#machine;
    this.#deadlineMs = performance.now() + LIMIT_MS;
    try {
      const method = context.getProp(inside, name);
      const result = context.callFunction(method, context.undefined, ...args);
      method.dispose();
      for (const arg of args) arg.dispose();
      if (result.error) throw new SandboxFault(`it took longer than ${LIMIT_MS} ms or too much memory`, true);
      const answer = JSON.parse(context.getString(result.value)) as Answer;
      result.value.dispose();
      // A promise's continuation would run in a later record's time.
      if (runtime.hasPendingJob())
        throw new SandboxFault("it used a promise, and nothing here waits for promises", true);
      if (answer.fault !== undefined)
        throw new SandboxFault(answer.fault, answer.limit === true || answer.tooLong === true);
      return answer;
    } catch (error) {
      const fault =
        error instanceof SandboxFault ? error : new SandboxFault(`it broke the sandbox (${String(error)})`, true);
      if (fault.isLimit) this.#throwAway();
      throw fault;
    } finally {
      this.#deadlineMs = Infinity;
    }
  }

  /** Without disposing: what hit a limit may be in no state to be taken apart. */
  #throwAway(): void {
    this.#rebuilding ??= buildMachine().then((machine) => {
      this.#machine = machine;
      this.#watch(machine);
      this.#rebuilding = undefined;
    });
  }
}

interface Answer {
  readonly value?: unknown;
  readonly number?: unknown;
  readonly fault?: string;
  readonly limit?: boolean;
  readonly tooLong?: boolean;
}

async function buildMachine(): Promise<Machine> {
  const module = await newQuickJSWASMModule();
  const runtime = module.newRuntime({ memoryLimitBytes: LIMIT_BYTES, maxStackSizeBytes: LIMIT_STACK_BYTES });
  const context = runtime.newContext();
  const inside = context.unwrapResult(context.evalCode(INSIDE, "inside.js", { type: "global" }));
  return { runtime, context, inside, programs: new Map() };
}
