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
  readonly loopInScope?: boolean;
  /** The step's own output is in reach: of the round before, or the one to be judged. */
  readonly ownOutputInScope?: boolean;
  /** The record's columns are in reach. */
  readonly recordInScope?: boolean;
}

/** All of them, in the order in which they are looked at: partials, steps, columns, conditions. */
export function snippetsOf(template: Template): Snippet[] {
  return [
    ...Object.entries(template.partials).map(([name, text]) => partialSnippet(name, text)),
    ...template.steps.flatMap(snippetsOfStep),
    ...Object.entries(template.record ?? {}).map(([name, { value }]) => columnSnippet(name, value)),
    ...(template.accept ?? []).map(conditionSnippet),
  ];
}

/** The places of one step, in the order in which they are evaluated. */
export function snippetsOfStep(step: Step, n: number): Snippet[] {
  const name = `step "${step.id}"`;
  const loopInScope = step.forEach !== undefined;
  const ownOutputInScope = step.repeat !== undefined;
  const prompt = (part: Path, words: string, text: string | undefined): Snippet[] =>
    text === undefined
      ? []
      : [
          {
            path: ["steps", n, ...part],
            name: name + words,
            kind: "prompt",
            text,
            step,
            loopInScope,
            ownOutputInScope,
          },
        ];
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
    ...expression(["escalate", "when"], step.escalate?.when, { loopInScope, ownOutputInScope: true }),
    ...expression(["repeat", "until"], step.repeat?.until, { ownOutputInScope: true }),
  ];
}

function partialSnippet(name: string, text: string): Snippet {
  return { path: ["partials", name], name: `partial "${name}"`, kind: "prompt", text };
}

function columnSnippet(name: string, text: string): Snippet {
  return { path: ["record", name], name: `column "${name}"`, kind: "expression", text };
}

function conditionSnippet(condition: AcceptCondition): Snippet {
  const name = `condition ${conditionTitle(condition)}`;
  return { path: conditionPath(condition), name, kind: "expression", text: condition.expression, recordInScope: true };
}
