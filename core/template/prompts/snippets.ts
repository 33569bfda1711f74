/** The prompts and expressions of a template, and what is in scope in each. */
import { conditionPath, conditionTitle, type AcceptCondition, type Step, type Template } from "../template.ts";

/** The path to a value in the document: `["steps", 0, "prompt"]`. */
type Path = readonly (string | number)[];

/** A prompt or an expression, and what is in its scope. */
export interface Snippet {
  readonly path: Path;
  /** For messages: `step "question", system prompt`. */
  readonly name: string;
  readonly kind: "prompt" | "expression";
  readonly text: string;
  /** The draw whose expression it is: it sees picks, parameters and the draws before it. */
  readonly draw?: string;
  /** The step it belongs to; absent in partials and columns. */
  readonly step?: Step;
  /** The item and the index of a `forEach` are in scope. */
  readonly loopInScope?: boolean;
  /** The step's own output is in scope: that of the previous round, or the one to evaluate. */
  readonly ownOutputInScope?: boolean;
  /** The item that a row is made from, and its index, are in scope. */
  readonly rowInScope?: boolean;
  /** The record's columns are in scope: of its one row, or of each of its rows. */
  readonly recordInScope?: "record" | "rows";
}

/** All of them, in the order of evaluation: partials, draws, steps, rows, columns, conditions. */
export function snippetsOf(template: Template): Snippet[] {
  return [
    ...Object.entries(template.partials).map(([name, text]) => partialSnippet(name, text)),
    ...Object.entries(template.draws ?? {}).map(([name, text]) => drawSnippet(name, text)),
    ...template.steps.flatMap(snippetsOfStep),
    ...(template.rows === undefined ? [] : [rowsSnippet(template.rows)]),
    ...Object.entries(template.record ?? {}).map(([name, { value }]) => columnSnippet(template, name, value)),
    ...(template.accept ?? []).map((condition) => conditionSnippet(template, condition)),
  ];
}

/** The snippets of one step, in the order of evaluation. */
export function snippetsOfStep(step: Step, n: number): Snippet[] {
  const name = `step "${step.id}"`;
  const loopInScope = step.forEach !== undefined;
  const ownOutputInScope = step.repeat !== undefined;
  const prompt = (part: Path, suffix: string, text: string | undefined): Snippet[] =>
    text === undefined
      ? []
      : [
          {
            path: ["steps", n, ...part],
            name: name + suffix,
            kind: "prompt",
            text,
            step,
            loopInScope,
            ownOutputInScope,
          },
        ];
  const expression = (part: Path, text: string | undefined, scope: Partial<Snippet> = {}): Snippet[] =>
    text === undefined
      ? []
      : [
          {
            path: ["steps", n, ...part],
            name: `${name}, "${part.join(".")}"`,
            kind: "expression",
            text,
            step,
            ...scope,
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

function drawSnippet(draw: string, text: string): Snippet {
  return { path: ["draws", draw], name: `draw "${draw}"`, kind: "expression", text, draw };
}

function rowsSnippet(text: string): Snippet {
  return { path: ["rows"], name: '"rows"', kind: "expression", text };
}

function columnSnippet({ rows }: Template, name: string, text: string): Snippet {
  const rowInScope = rows !== undefined;
  return { path: ["record", name], name: `column "${name}"`, kind: "expression", text, rowInScope };
}

function conditionSnippet({ rows }: Template, condition: AcceptCondition): Snippet {
  const recordInScope = rows === undefined ? "record" : "rows";
  const name = `condition ${conditionTitle(condition)}`;
  return { path: conditionPath(condition), name, kind: "expression", text: condition.expression, recordInScope };
}
