/** A template's prompts, conditions and columns, run in the sandbox, or on the host if they are simple enough. */
import type { Path } from "#core/template/document/source";
import { conditionPath, type AcceptCondition, type Partials, type Step, type Template } from "#core/template/template";
import type { ChatTurn } from "../ports.ts";
import type { ScriptSource } from "./guest/script.ts";
import { SandboxError, type GuestErrorLocation } from "./sandbox.ts";
import { columnExpressions, programsOfTemplate, programName, scriptOf, type TemplatePrograms } from "./script.ts";

/** Everything a step sends to its model. */
export interface RenderedStep {
  readonly system?: string;
  /** The examples, if any. */
  readonly turns: readonly ChatTurn[];
  readonly prompt: string;
}

/** Where in a template an error is. Lines and columns count from 1, in the text at `path` or in the named partial. */
export interface ErrorLocation {
  /** Absent for columns. */
  readonly step?: string;
  /** The text's path in the document: `["steps", 0, "prompt"]`, `["record", "film"]`. */
  readonly path: Path;
  /** The partial in which it happened: "style" of the template itself, "ID@2/style" of another. */
  readonly partial?: string;
  readonly line?: number;
  readonly column?: number;
}

/** An error in the template's code; the attempt fails. */
export class RenderError extends Error {
  override readonly name = "RenderError";

  constructor(
    /** One sentence that names the location. */
    message: string,
    /** Absent if the error is not in the template's text but in its output. */
    readonly location?: ErrorLocation,
  ) {
    super(message);
  }
}

/** Runs programs: the sandbox runs all, the host only simple ones. */
export interface Runner {
  /**
   * Runs programs of a script one after another over the text of a JSON object.
   * @param maxCharacters of each prompt, and of all results together
   * @returns each program's result, through JSON
   */
  run(
    script: ScriptSource,
    programs: readonly string[],
    it: string,
    randomSeed: number,
    maxCharacters: number,
  ): unknown[];
}

const MAX_DRAW_CHARACTERS = 100_000;
const MAX_COLUMNS_CHARACTERS = 1_000_000;
const MAX_ITEMS_CHARACTERS = 1_000_000;
const MAX_CONDITION_CHARACTERS = 100;

/**
 * `it`, as prompts see it, is passed as the text of a JSON object: picks, parameters, `draws`, `steps`, and in a `forEach` the item and
 * `index`. `randomSeed` seeds the template's randomness: same seed, same text. In the sandbox, a VM that hit a limit is replaced:
 * await `sandbox.ready()` before each call, or it throws RenderError. On the host, each call may throw NeedsSandbox.
 */
export class Prompts {
  readonly #runner: Runner;
  readonly #steps: ReadonlyMap<string, StepPrograms>;
  readonly #draws: readonly string[];
  readonly #columns: readonly string[];
  readonly #columnPrograms: readonly string[];
  readonly #conditions: readonly AcceptCondition[];
  readonly #programs: TemplatePrograms;
  readonly #script: ScriptSource;

  /** @param partials the texts of other templates that this one includes, directly or through others */
  constructor(template: Template, partials: Partials, runner: Runner) {
    this.#runner = runner;
    this.#programs = programsOfTemplate(template);
    this.#script = scriptOf(template, this.#programs, partials);
    this.#steps = new Map(template.steps.map((step, n) => [step.id, programsOf(step, n)]));
    this.#draws = Object.keys(template.draws ?? {});
    this.#columns = Object.keys(columnExpressions(template));
    this.#columnPrograms = this.#columns.map((name) => programName(["record", name]));
    this.#conditions = template.accept ?? [];
  }

  /**
   * The template's draws as the text of a JSON object, in order; each sees those before it.
   * @param inputs picks and parameters, as the members of a JSON object
   * @throws RenderError naming the draw
   */
  draws(inputs: string, randomSeed: number): string {
    let members = "";
    for (const name of this.#draws) {
      const it = `{${inputs}${inputs && ","}"draws":{${members}}}`;
      const [value = null] = this.#run([programName(["draws", name])], it, randomSeed, MAX_DRAW_CHARACTERS);
      members += `${members && ","}${JSON.stringify(name)}:${JSON.stringify(value)}`;
    }
    return `{${members}}`;
  }

  /** Whether to run the step at all: its `when`, true without one. @throws RenderError */
  applies(stepId: string, it: string, randomSeed: number): boolean {
    return this.#decide(this.#step(stepId).when, it, randomSeed) ?? true;
  }

  /** The items of `forEach`, at most `atMost`, each as JSON text. @throws RenderError also when it is not a list */
  items(stepId: string, it: string, randomSeed: number): string[] {
    const { forEach } = this.#step(stepId);
    if (!forEach) throw new Error(`The step "${stepId}" has no forEach.`);
    return this.#list(forEach, it, randomSeed);
  }

  /**
   * System prompt unless it is blank, examples and prompt.
   * @throws RenderError also when one of the others is blank, or together they exceed `maxPromptBytes`
   */
  render(stepId: string, it: string, randomSeed: number): RenderedStep {
    const { programs, maxBytes, hasSystem } = this.#step(stepId);
    // A lone surrogate has no UTF-8 encoding.
    const texts = this.#run(programs, it, randomSeed, maxBytes).map((text) => (text as string).toWellFormed());
    const system = hasSystem ? texts.shift() : undefined;
    const prompt = texts.pop() ?? "";
    const turns = texts.map((text, n): ChatTurn => ({ role: n % 2 === 0 ? "user" : "assistant", text }));
    // Bedrock refuses blank texts.
    const rendered = { system: isBlank(system) ? undefined : system, turns, prompt };
    const bytes = bytesOf(rendered);
    if (bytes > maxBytes)
      throw new RenderError(
        `Step "${stepId}" exceeded its maxPromptBytes of ${maxBytes}: it rendered to ${bytes} bytes; shorten the seeds or raise it.`,
      );
    if (isBlank(prompt)) throw new RenderError(`Step "${stepId}" rendered to an empty prompt.`);
    const blank = turns.findIndex(({ text }) => isBlank(text));
    if (blank >= 0)
      throw new RenderError(
        `Step "${stepId}" rendered to an empty ${turns[blank]?.role} message in example ${Math.floor(blank / 2) + 1}.`,
      );
    return rendered;
  }

  /** Whether a repeated step is done: its `repeat.until` on the latest answer, true without one. @throws RenderError */
  until(stepId: string, it: string, randomSeed: number): boolean {
    return this.#decide(this.#step(stepId).until, it, randomSeed) ?? true;
  }

  /** Whether the answer, the step's output in `it`, needs the better model: false without `escalate.when`. @throws RenderError */
  escalates(stepId: string, it: string, randomSeed: number): boolean {
    return this.#decide(this.#step(stepId).escalates, it, randomSeed) ?? false;
  }

  /** The items that a record's rows are made from, each as JSON text. @throws RenderError also when `rows` is not a list */
  rowItems(it: string, randomSeed: number): string[] {
    return this.#list(programName(["rows"]), it, randomSeed);
  }

  /** The record's columns in order, null for missing values. @throws RenderError naming the column */
  columns(it: string, randomSeed: number): Record<string, unknown> {
    const values = this.#run(this.#columnPrograms, it, randomSeed, MAX_COLUMNS_CHARACTERS);
    return Object.fromEntries(this.#columns.map((name, n) => [name, values[n] ?? null]));
  }

  /**
   * The first condition of `accept` that the record does not meet; `undefined` if it meets them all. In `it`, `record` has the
   * columns, or `rows` those of each row. @throws RenderError naming the condition
   */
  rejectedBy(it: string, randomSeed: number): AcceptCondition | undefined {
    return this.#conditions.find((one) => !this.#decide(programName(conditionPath(one)), it, randomSeed));
  }

  #decide(program: string | undefined, it: string, randomSeed: number): boolean | undefined {
    return program === undefined
      ? undefined
      : this.#run([program], it, randomSeed, MAX_CONDITION_CHARACTERS)[0] === true;
  }

  #step(stepId: string): StepPrograms {
    const step = this.#steps.get(stepId);
    if (!step) throw new Error(`The template has no step "${stepId}".`);
    return step;
  }

  /** The items of a list, each as JSON text. */
  #list(program: string, it: string, randomSeed: number): string[] {
    const [items] = this.#run([program], it, randomSeed, MAX_ITEMS_CHARACTERS);
    return (items as unknown[]).map((item) => JSON.stringify(item));
  }

  #run(programs: readonly string[], it: string, randomSeed: number, maxCharacters: number): unknown[] {
    try {
      return this.#runner.run(this.#script, programs, it, randomSeed, maxCharacters);
    } catch (error) {
      if (error instanceof SandboxError) throw this.#renderErrorOf(error, programs, maxCharacters);
      throw error;
    }
  }

  #renderErrorOf({ message, location }: SandboxError, programs: readonly string[], maxCharacters: number): RenderError {
    const program = this.#programs.get(location.program || (programs.at(-1) ?? ""));
    const name = program?.name ?? "template";
    const { partial, line, column } = location;
    const where = program && { step: program.step, path: program.path, partial, line, column };
    const subject = `${name.slice(0, 1).toUpperCase()}${name.slice(1)}`;
    if (location.isTooLong && program?.step !== undefined && program.program.kind === "prompt")
      return new RenderError(
        `${subject} exceeded its maxPromptBytes of ${maxCharacters}; shorten the seeds or raise it.`,
        where,
      );
    return new RenderError(`${subject} could not be evaluated: ${message}${describeLocation(location)}.`, where);
  }
}

interface StepPrograms {
  readonly when?: string;
  readonly forEach?: string;
  readonly until?: string;
  readonly escalates?: string;
  /** Of everything sent, in order. */
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

function isBlank(text = ""): boolean {
  return text.trim() === "";
}

/** The UTF-8 bytes of everything a rendered step sends. */
export function bytesOf({ system, turns, prompt }: RenderedStep): number {
  return [system ?? "", ...turns.map(({ text }) => text), prompt].reduce(
    (sum, text) => sum + Buffer.byteLength(text),
    0,
  );
}

function describeLocation({ partial, line, column }: GuestErrorLocation): string {
  const position = line === undefined ? "" : `line ${line}, column ${column}`;
  if (partial === undefined) return position && ` (${position})`;
  return ` (partial "${partial}"${position && `, ${position}`})`;
}
