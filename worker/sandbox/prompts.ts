/** A template's prompts, conditions and columns, and what runs them: the sandbox, or the host where they are plain. */
import type { Path } from "#core/template/document/source";
import { conditionPath, type AcceptCondition, type Partials, type Step, type Template } from "#core/template/template";
import type { ScriptSource } from "./guest/script.ts";
import { SandboxError, type GuestErrorLocation } from "./sandbox.ts";
import { columnExpressions, partsOf, programName, scriptOf, type Parts } from "./script.ts";

/** An earlier turn of the conversation, shown to the model as an example. */
export interface Turn {
  readonly role: "user" | "assistant";
  readonly text: string;
}

/** All that a step sends to its model. */
export interface RenderedStep {
  readonly system?: string;
  /** The examples; empty without. */
  readonly turns: readonly Turn[];
  readonly prompt: string;
}

/** Where in a template a fault is. Lines and columns count from 1, in the text at `path` or in the partial that is named. */
export interface FaultPlace {
  /** Absent for columns. */
  readonly step?: string;
  /** The way to the text in the document: `["steps", 0, "prompt"]`, `["record", "film"]`. */
  readonly path: Path;
  /** The partial in which it happened: "style" of the template itself, "ID@2/style" of another. */
  readonly partial?: string;
  readonly line?: number;
  readonly column?: number;
}

/** A fault of the template's code; it makes the attempt fail. */
export class RenderError extends Error {
  override readonly name = "RenderError";

  constructor(
    /** One sentence, which names the place. */
    message: string,
    /** Absent when the fault is in no text of the template, but in what came of it. */
    readonly location?: FaultPlace,
  ) {
    super(message);
  }
}

/** What runs programs: the sandbox all, the host those that are plain. */
export interface Runner {
  /**
   * Runs programs of a script one after another over the text of a JSON object.
   * @param longest the most characters of each prompt, and of all answers together
   * @returns what each returned, as JSON has it
   */
  run(script: ScriptSource, programs: readonly string[], it: string, chance: number, longest: number): unknown[];
}

const MAX_COLUMNS_CHARACTERS = 1_000_000;
const MAX_ITEMS_CHARACTERS = 1_000_000;
const MAX_CONDITION_CHARACTERS = 100;

/**
 * What prompts see as `it` comes as the text of a JSON object: picks, parameters, `steps`, and in a loop the item and `index`.
 * `chance` begins the template's chance: same number, same text. In the sandbox a machine that hit a limit is replaced: await
 * `sandbox.ready()` before each call, which throws RenderError otherwise. On the host each call may throw NotPlain.
 */
export class Prompts {
  readonly #runner: Runner;
  readonly #steps: ReadonlyMap<string, StepPrograms>;
  readonly #columns: readonly string[];
  readonly #columnPrograms: readonly string[];
  readonly #conditions: readonly AcceptCondition[];
  readonly #parts: Parts;
  readonly #script: ScriptSource;

  /** @param partials the texts of other templates that this one includes, directly or through others */
  constructor(template: Template, partials: Partials, runner: Runner) {
    this.#runner = runner;
    this.#parts = partsOf(template);
    this.#script = scriptOf(template, this.#parts, partials);
    this.#steps = new Map(template.steps.map((step, n) => [step.id, programsOf(step, n)]));
    this.#columns = Object.keys(columnExpressions(template));
    this.#columnPrograms = this.#columns.map((name) => programName(["record", name]));
    this.#conditions = template.accept ?? [];
  }

  /** Whether the step is to be done at all: its `when`, true without one. @throws RenderError */
  applies(stepId: string, it: string, chance: number): boolean {
    return this.#decide(this.#step(stepId).when, it, chance) ?? true;
  }

  /** What `forEach` gives, at most `atMost` items, each as JSON text. @throws RenderError also when it gives no list */
  items(stepId: string, it: string, chance: number): string[] {
    const { forEach } = this.#step(stepId);
    if (!forEach) throw new Error(`The step "${stepId}" has no forEach.`);
    const [items] = this.#run([forEach], it, chance, MAX_ITEMS_CHARACTERS);
    return (items as unknown[]).map((item) => JSON.stringify(item));
  }

  /** System prompt, examples and prompt. @throws RenderError also when they pass `maxPromptBytes` together */
  render(stepId: string, it: string, chance: number): RenderedStep {
    const { programs, maxBytes, hasSystem } = this.#step(stepId);
    // Half of a character pair has no bytes in UTF-8.
    const texts = this.#run(programs, it, chance, maxBytes).map((text) => (text as string).toWellFormed());
    const system = hasSystem ? texts.shift() : undefined;
    const prompt = texts.pop() ?? "";
    const turns = texts.map((text, n): Turn => ({ role: n % 2 === 0 ? "user" : "assistant", text }));
    const rendered = { system, turns, prompt };
    const bytes = bytesOf(rendered);
    if (bytes > maxBytes)
      throw new RenderError(
        `Step "${stepId}" passed its maxPromptBytes of ${maxBytes}: it rendered to ${bytes} bytes; cut the seeds or raise it.`,
      );
    if (prompt.trim() === "") throw new RenderError(`Step "${stepId}" rendered to an empty prompt.`);
    return rendered;
  }

  /** Whether a repeated step is done: its `repeat.until` over the latest answer, true without one. @throws RenderError */
  until(stepId: string, it: string, chance: number): boolean {
    return this.#decide(this.#step(stepId).until, it, chance) ?? true;
  }

  /** Whether the answer, in `it` as the step's output, asks for the better model: false without `escalate.when`. @throws RenderError */
  escalates(stepId: string, it: string, chance: number): boolean {
    return this.#decide(this.#step(stepId).escalates, it, chance) ?? false;
  }

  /** The record's columns in their order, null for none. @throws RenderError naming the column */
  columns(it: string, chance: number): Record<string, unknown> {
    const values = this.#run(this.#columnPrograms, it, chance, MAX_COLUMNS_CHARACTERS);
    return Object.fromEntries(this.#columns.map((name, n) => [name, values[n] ?? null]));
  }

  /**
   * The first condition of `accept` that the record does not meet; `undefined` when it meets them all. In `it`, `record` holds
   * the columns. @throws RenderError naming the condition
   */
  rejectedBy(it: string, chance: number): AcceptCondition | undefined {
    return this.#conditions.find((one) => !this.#decide(programName(conditionPath(one)), it, chance));
  }

  #decide(program: string | undefined, it: string, chance: number): boolean | undefined {
    return program === undefined ? undefined : this.#run([program], it, chance, MAX_CONDITION_CHARACTERS)[0] === true;
  }

  #step(stepId: string): StepPrograms {
    const step = this.#steps.get(stepId);
    if (!step) throw new Error(`The template has no step "${stepId}".`);
    return step;
  }

  #run(programs: readonly string[], it: string, chance: number, longest: number): unknown[] {
    try {
      return this.#runner.run(this.#script, programs, it, chance, longest);
    } catch (error) {
      if (error instanceof SandboxError) throw this.#faultOf(error, programs, longest);
      throw error;
    }
  }

  #faultOf({ message, location }: SandboxError, programs: readonly string[], longest: number): RenderError {
    const part = this.#parts.get(location.program || (programs.at(-1) ?? ""));
    const name = part?.name ?? "template";
    const { partial, line, column } = location;
    const where = part && { step: part.step, path: part.path, partial, line, column };
    const whole = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
    if (location.isTooLong && part?.step !== undefined && part.program.kind === "prompt")
      return new RenderError(`${whole} passed its maxPromptBytes of ${longest}; cut the seeds or raise it.`, where);
    return new RenderError(`${whole} could not be evaluated: ${message}${wordsFor(location)}.`, where);
  }
}

interface StepPrograms {
  readonly when?: string;
  readonly forEach?: string;
  readonly until?: string;
  readonly escalates?: string;
  /** Of all that is sent, in its order. */
  readonly programs: readonly string[];
  readonly hasSystem: boolean;
  readonly maxBytes: number;
}

function programsOf(step: Step, n: number): StepPrograms {
  const name = (...path: Path) => programName(["steps", n, ...path]);
  return {
    when: step.when === undefined ? undefined : name("when"),
    forEach: step.forEach && name("forEach"),
    until: step.repeat && name("repeat", "until"),
    escalates: step.escalate?.when === undefined ? undefined : name("escalate", "when"),
    programs: [
      ...(step.system === undefined ? [] : [name("system")]),
      ...step.examples.flatMap((_, e) => [name("examples", e, "user"), name("examples", e, "assistant")]),
      name("prompt"),
    ],
    hasSystem: step.system !== undefined,
    maxBytes: step.maxPromptBytes,
  };
}

/** The UTF-8 bytes of all that a rendered step sends. */
export function bytesOf({ system, turns, prompt }: RenderedStep): number {
  return [system ?? "", ...turns.map(({ text }) => text), prompt].reduce(
    (sum, text) => sum + Buffer.byteLength(text),
    0,
  );
}

function wordsFor({ partial, line, column }: GuestErrorLocation): string {
  const place = line === undefined ? "" : `line ${line}, column ${column}`;
  if (partial === undefined) return place && ` (${place})`;
  return ` (partial "${partial}"${place && `, ${place}`})`;
}
