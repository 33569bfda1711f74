/** All code of a template as programs for the sandbox, each by its path in the document. */
import type { Path } from "#core/template/document/source";
import { conditionPath, conditionTitle, type Partials, type Step, type Template } from "#core/template/template";
import type { ScriptSource } from "./guest/script.ts";

export interface TemplateProgram {
  readonly path: Path;
  /** For messages: `step "question", system prompt`. */
  readonly name: string;
  readonly step?: string;
  readonly program: ScriptSource["programs"][string];
}

/** By the name of the program. */
export type TemplatePrograms = ReadonlyMap<string, TemplateProgram>;

export function programsOfTemplate(template: Template): TemplatePrograms {
  const programs = [
    ...Object.entries(template.draws ?? {}).map(([draw, source]) => ({
      path: ["draws", draw],
      name: `draw "${draw}"`,
      program: { kind: "value" as const, source },
    })),
    ...template.steps.flatMap(programsOfStep),
    ...(template.rows === undefined
      ? []
      : [{ path: ["rows"], name: '"rows"', program: { kind: "list" as const, source: template.rows } }]),
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
  return new Map(programs.map((program) => [programName(program.path), program]));
}

/** What the sandbox gets: the programs, and all texts they may include, by the names they include them by. */
export function scriptOf(template: Template, programs: TemplatePrograms, partials: Partials): ScriptSource {
  const prompts = Object.fromEntries(template.steps.map(({ id, prompt }) => [id, prompt]));
  return {
    programs: Object.fromEntries([...programs].map(([name, { program }]) => [name, program])),
    partials: { ...prompts, ...template.partials, ...partials },
  };
}

export function programName(path: Path): string {
  return path.join(".");
}

/** Without `record`, each step's output is a column. */
export function columnExpressions({ record, steps }: Template): Record<string, string> {
  if (!record) return Object.fromEntries(steps.map(({ id }) => [id, `it.steps.${id}.output`]));
  return Object.fromEntries(Object.entries(record).map(([name, { value }]) => [name, value]));
}

function programsOfStep(step: Step, n: number): TemplateProgram[] {
  const name = `step "${step.id}"`;
  const program = (
    kind: TemplateProgram["program"]["kind"],
    where: Path,
    label: string,
    source: string | undefined,
  ): TemplateProgram[] =>
    source === undefined
      ? []
      : [{ path: ["steps", n, ...where], name: name + label, step: step.id, program: { kind, source } }];
  const list = program("list", ["forEach"], ', "forEach"', step.forEach?.list);
  return [
    ...program("condition", ["when"], ', "when"', step.when),
    ...list.map((one) => ({ ...one, program: { ...one.program, atMost: step.forEach?.atMost } })),
    ...program("prompt", ["system"], ", system prompt", step.system),
    ...step.examples.flatMap(({ user, assistant }, e) => [
      ...program("prompt", ["examples", e, "user"], `, example ${e + 1}, user`, user),
      ...program("prompt", ["examples", e, "assistant"], `, example ${e + 1}, assistant`, assistant),
    ]),
    ...program("prompt", ["prompt"], "", step.prompt),
    ...program("condition", ["repeat", "until"], ', "repeat.until"', step.repeat?.until),
    ...program("condition", ["escalate", "when"], ', "escalate.when"', step.escalate?.when),
  ];
}
