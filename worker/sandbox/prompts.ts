/** A template's prompts, conditions and columns as programs for the sandbox. */
import { Eta } from "eta/core";
import { columnsOf, type Step, type Template } from "#core/template";
import { SandboxFault, type Sandbox } from "./sandbox.ts";

/** What prompts and expressions see as `it`. */
export type It = Readonly<Record<string, unknown>>;

export interface RenderedStep {
  readonly system?: string;
  readonly prompt: string;
}

/** A fault of the template's code, with its place; it makes the attempt fail. */
export class RenderFault extends Error {
  override readonly name = "RenderFault";
}

/** JSON escapes make a text longer, six characters for one at most; the bytes are counted exactly afterwards. */
const JSON_SLACK = 6;
const MAX_COLUMNS_CHARACTERS = 1_000_000;

/** Prompts are plain text, in which a line's end after a value is meant; a tag that ends in `-%>` swallows it. */
const eta = new Eta({ autoEscape: false, autoTrim: false, debug: true });
const encoder = new TextEncoder();

export class Prompts {
  readonly #sandbox: Sandbox;
  readonly #steps: ReadonlyMap<string, { when?: string; prompt: string; system?: string; maxBytes: number }>;
  readonly #columns: string;

  constructor(template: Template, sandbox: Sandbox) {
    this.#sandbox = sandbox;
    this.#steps = new Map(template.steps.map((step) => [step.id, programsOf(step)]));
    this.#columns = columnsProgram(template);
  }

  /** Whether the step is to be done at all. @throws RenderFault */
  applies(stepId: string, it: string, seed: number): boolean {
    const when = this.#step(stepId).when;
    return when === undefined || this.#run(`Step "${stepId}", "when"`, when, it, seed, 20) === true;
  }

  /** @throws RenderFault naming step and line */
  render(stepId: string, it: string, seed: number): RenderedStep {
    const { prompt, system, maxBytes } = this.#step(stepId);
    const text = (what: string, program: string) =>
      wellFormed(String(this.#run(`Step "${stepId}"${what}`, program, it, seed, maxBytes * JSON_SLACK)));
    const rendered = {
      prompt: text("", prompt),
      system: system === undefined ? undefined : text(", system prompt", system),
    };
    const bytes = bytesOf(rendered);
    if (bytes > maxBytes)
      throw new RenderFault(
        `Step "${stepId}" rendered to ${bytes} bytes, and its maxPromptBytes is ${maxBytes}; cut the seeds or raise it.`,
      );
    if (rendered.prompt.trim() === "") throw new RenderFault(`Step "${stepId}" rendered to an empty prompt.`);
    return rendered;
  }

  /** The record's columns in their order. @throws RenderFault naming the column */
  columns(it: string, seed: number): Record<string, unknown> {
    return this.#run("The record", this.#columns, it, seed, MAX_COLUMNS_CHARACTERS) as Record<string, unknown>;
  }

  #step(stepId: string) {
    const step = this.#steps.get(stepId);
    if (!step) throw new Error(`The template has no step "${stepId}".`);
    return step;
  }

  #run(place: string, program: string, it: string, seed: number, longest: number): unknown {
    try {
      return this.#sandbox.run(program, it, seed, longest);
    } catch (error) {
      if (error instanceof SandboxFault) throw new RenderFault(`${place} could not be evaluated: ${error.message}.`);
      throw error;
    }
  }
}

/** The UTF-8 bytes of all that a rendered step sends. */
export function bytesOf({ prompt, system }: RenderedStep): number {
  return encoder.encode(prompt).length + encoder.encode(system ?? "").length;
}

function programsOf(step: Step) {
  return {
    when: step.when && `return !!(${step.when}\n);`,
    prompt: etaProgram(step.prompt),
    system: step.system && etaProgram(step.system),
    maxBytes: step.maxPromptBytes,
  };
}

/** Eta's own compilation, with its line tracking turned into a place in the message. */
function etaProgram(prompt: string): string {
  const body = eta.compileToString(prompt);
  const place = `catch (e) { this.RuntimeErr(e, __eta.templateStr, __eta.line, options.filepath) }`;
  if (!body.includes(place)) throw new Error("Eta compiles prompts otherwise than this version of the worker expects.");
  // An error of the machine itself (memory, time) must stay what it is.
  return body.replace(
    place,
    () =>
      `catch (e) { if (e instanceof InternalError) throw e; throw new Error((e && e.message || e) + " (line " + __eta.line + ")"); }`,
  );
}

function columnsProgram(template: Template): string {
  const record =
    template.record ?? Object.fromEntries(columnsOf(template).map((id) => [id, { value: `it.steps.${id}.output` }]));
  const columns = Object.entries(record).map(
    ([name, { value }]) => `column(${JSON.stringify(name)}, () => (${value}\n));`,
  );
  return [
    "const record = {};",
    "const column = (name, value) => {",
    "  try { record[name] = value() ?? null; }",
    "  catch (e) { if (e instanceof InternalError) throw e; throw new Error('column \"' + name + '\": ' + (e && e.message || e)); }",
    "};",
    ...columns,
    "return record;",
  ].join("\n");
}

/** Half of a character pair, which UTF-8 has no bytes for, becomes the replacement character. */
function wellFormed(text: string): string {
  return text.replace(/\p{Surrogate}/gu, "\ufffd");
}
