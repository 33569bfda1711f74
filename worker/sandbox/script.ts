/** All code of a template as programs for the sandbox, each by its place in the document. */
import type { Path } from "#core/template/document/source";
import { conditionPath, conditionTitle, type Partials, type Step, type Template } from "#core/template/template";
import type { ScriptSource } from "./guest/script.ts";

export interface Part {
  readonly path: Path;
  /** For messages: `step "question", system prompt`. */
  readonly name: string;
  readonly step?: string;
  readonly program: ScriptSource["programs"][string];
}

/** By the name of the program. */
export type Parts = ReadonlyMap<string, Part>;

export function partsOf(template: Template): Parts {
  const parts = [
    ...template.steps.flatMap(partsOfStep),
    ...Object.entries(columnExpressions(template)).map(([column, source]) => ({
      path: ["record", column],
      name: `column "${column}"`,
      program: { kind: "value" as const, source },
    })),
    ...(template.accept ?? []).map((condition) => ({
      path: conditionPath(condition),
      name: `condition ${conditionTitle(condition)}`,
      program: { kind: "condition" as const, source: condition.expression },
    })),
  ];
  return new Map(parts.map((part) => [programName(part.path), part]));
}

/** What the sandbox is given: the programs, and whatever they may include, by the names they include it by. */
export function scriptOf(template: Template, parts: Parts, partials: Partials): ScriptSource {
  const prompts = Object.fromEntries(template.steps.map(({ id, prompt }) => [id, prompt]));
  return {
    programs: Object.fromEntries([...parts].map(([name, { program }]) => [name, program])),
    partials: { ...prompts, ...template.partials, ...partials },
  };
}

export function programName(path: Path): string {
  return path.join(".");
}

/** Without a record each step's output is a column. */
export function columnExpressions({ record, steps }: Template): Record<string, string> {
  if (!record) return Object.fromEntries(steps.map(({ id }) => [id, `it.steps.${id}.output`]));
  return Object.fromEntries(Object.entries(record).map(([name, { value }]) => [name, value]));
}

function partsOfStep(step: Step, n: number): Part[] {
  const name = `step "${step.id}"`;
  const part = (kind: Part["program"]["kind"], where: Path, words: string, source: string | undefined): Part[] =>
    source === undefined
      ? []
      : [{ path: ["steps", n, ...where], name: name + words, step: step.id, program: { kind, source } }];
  const list = part("list", ["forEach"], ', "forEach"', step.forEach?.list);
  return [
    ...part("condition", ["when"], ', "when"', step.when),
    ...list.map((one) => ({ ...one, program: { ...one.program, atMost: step.forEach?.atMost } })),
    ...part("prompt", ["system"], ", system prompt", step.system),
    ...step.examples.flatMap(({ user, assistant }, e) => [
      ...part("prompt", ["examples", e, "user"], `, example ${e + 1}, user`, user),
      ...part("prompt", ["examples", e, "assistant"], `, example ${e + 1}, assistant`, assistant),
    ]),
    ...part("prompt", ["prompt"], "", step.prompt),
    ...part("condition", ["repeat", "until"], ', "repeat.until"', step.repeat?.until),
    ...part("condition", ["escalate", "when"], ', "escalate.when"', step.escalate?.when),
  ];
}
