/** The places of a template that hold prompts and expressions, and what is in scope of each. */
import { conditionPath, conditionTitle, type AcceptCondition, type Step, type Template } from "../template.ts";

/** The way to a value in the document: `["steps", 0, "prompt"]`. */
type Path = readonly (string | number)[];

/** A prompt or an expression, and what is in reach of it. */
export interface Snippet {
  readonly path: Path;
  /** For messages: `step "question", system prompt`. */
  readonly name: string;
  readonly kind: "prompt" | "expression";
  readonly text: string;
  /** The step it belongs to; absent in partials and columns. */
  readonly step?: Step;
  /** The item and the index of a `forEach` are in reach. */
  readonly inLoop?: boolean;
  /** The step's own output is in reach: of the round before, or the one to be judged. */
  readonly seesItself?: boolean;
  /** The record's columns are in reach. */
  readonly seesRecord?: boolean;
}

/** All of them, in the order in which they are looked at: partials, steps, columns, conditions. */
export function snippetsOf(template: Template): Snippet[] {
  return [
    ...Object.entries(template.partials).map(([name, text]) => partialPlace(name, text)),
    ...template.steps.flatMap(snippetsOfStep),
    ...Object.entries(template.record ?? {}).map(([name, { value }]) => columnPlace(name, value)),
    ...(template.accept ?? []).map(acceptPlace),
  ];
}

/** The places of one step, in the order in which they are evaluated. */
export function snippetsOfStep(step: Step, n: number): Snippet[] {
  const name = `step "${step.id}"`;
  const inLoop = step.forEach !== undefined;
  const seesItself = step.repeat !== undefined;
  const prompt = (part: Path, words: string, text: string | undefined): Snippet[] =>
    text === undefined
      ? []
      : [{ path: ["steps", n, ...part], name: name + words, kind: "prompt", text, step, inLoop, seesItself }];
  const expression = (part: Path, text: string | undefined, reach: Partial<Snippet> = {}): Snippet[] =>
    text === undefined
      ? []
      : [
          {
            path: ["steps", n, ...part],
            name: `${name}, "${part.join(".")}"`,
            kind: "expression",
            text,
            step,
            ...reach,
          },
        ];
  return [
    ...expression(["when"], step.when),
    ...expression(["forEach"], step.forEach?.list),
    ...prompt(["system"], ", system prompt", step.system),
    ...step.examples.flatMap(({ user, assistant }, e) => [
      ...prompt(["examples", e, "user"], `, example ${e + 1}`, user),
      ...prompt(["examples", e, "assistant"], `, example ${e + 1}`, assistant),
    ]),
    ...prompt(["prompt"], "", step.prompt),
    ...expression(["escalate", "when"], step.escalate?.when, { inLoop, seesItself: true }),
    ...expression(["repeat", "until"], step.repeat?.until, { seesItself: true }),
  ];
}

function partialPlace(name: string, text: string): Snippet {
  return { path: ["partials", name], name: `partial "${name}"`, kind: "prompt", text };
}

function columnPlace(name: string, text: string): Snippet {
  return { path: ["record", name], name: `column "${name}"`, kind: "expression", text };
}

function acceptPlace(condition: AcceptCondition): Snippet {
  const name = `condition ${conditionTitle(condition)}`;
  return { path: conditionPath(condition), name, kind: "expression", text: condition.expression, seesRecord: true };
}
