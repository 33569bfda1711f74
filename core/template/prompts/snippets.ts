/** The places of a template that hold prompts and expressions, and whether what they say can be understood. */
import { includesOfTree, isQualified } from "./includes.ts";
import { readsOfExpression, readsOfPrompt, TemplateSyntaxError, treeOfPrompt, type Read } from "./syntax.ts";
import type { Path, TemplateSource } from "../document/source.ts";
import {
  columnsOf,
  conditionPath,
  conditionTitle,
  type AcceptCondition,
  type Step,
  type Template,
} from "../template.ts";

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

/** Notes every fault of syntax, and every read of something that is not in reach. */
export function checkSnippets(template: Template, source: TemplateSource): void {
  for (const place of snippetsOf(template)) {
    const reads = understood(template, place, source);
    // A partial sees what is handed to it, which its callers know.
    if (reads && place.path[0] !== "partials") for (const read of reads) checkRead(template, place, read, source);
  }
}

function understood(template: Template, place: Snippet, source: TemplateSource): Read[] | undefined {
  try {
    if (place.kind === "expression") return readsOfExpression(place.text);
    for (const include of includesOfTree(treeOfPrompt(place.text))) {
      const fault = faultOfInclude(template, include.name);
      if (fault) {
        const before = place.text.slice(0, include.at).split("\n");
        source.addProblemWithin(
          place.path,
          before.length,
          (before.at(-1)?.length ?? 0) + 1,
          `${titled(template, place)} ${fault}`,
        );
      }
    }
    return readsOfPrompt(place.text);
  } catch (error) {
    if (!(error instanceof TemplateSyntaxError)) throw error;
    source.addProblemWithin(
      place.path,
      error.line,
      error.column,
      `${titled(template, place)} has a syntax error: ${error.problem}.`,
    );
    return undefined;
  }
}

function faultOfInclude({ partials, steps }: Template, name: string | undefined): string | undefined {
  if (name === undefined) return 'includes by a computed name; write it as a text, include("NAME").';
  if (isQualified(name) || name in partials || steps.some(({ id }) => id === name)) return undefined;
  const known = [...Object.keys(partials), ...steps.map(({ id }) => id)].join(", ");
  return `includes "${name}", but there is no partial or step of that name (there are ${known}); another template's is written "ID@VERSION/NAME".`;
}

function checkRead(template: Template, place: Snippet, { path, optional }: Read, source: TemplateSource): void {
  const [name, id] = path;
  if (name === undefined || optional) return;
  const known = namesInReach(template, place);
  if (!known.includes(name))
    source.addProblem(
      place.path,
      `${titled(template, place)} reads it.${name}, but there is no such pick or parameter (there are ${known.join(", ")}).`,
    );
  if (name === "steps" && id !== undefined && !stepsInReach(template, place).includes(id))
    source.addProblem(place.path, `${titled(template, place)} reads it.steps.${id}, but no earlier step has that id.`);
  const columns = columnsOf(template);
  if (place.seesRecord && name === "record" && id !== undefined && !columns.includes(id))
    source.addProblem(
      place.path,
      `${titled(template, place)} reads it.record.${id}, but the record has no such column (it has ${columns.join(", ")}).`,
    );
}

function namesInReach(template: Template, { step, inLoop, seesRecord }: Snippet): string[] {
  const loop = inLoop && step?.forEach ? [step.forEach.as, "index"] : [];
  return [
    ...Object.keys(template.pick),
    ...Object.keys(template.parameters),
    ...loop,
    "steps",
    ...(seesRecord ? ["record"] : []),
  ];
}

function stepsInReach({ steps }: Template, { step, seesItself }: Snippet): string[] {
  if (!step) return steps.map(({ id }) => id);
  return steps.slice(0, steps.indexOf(step) + (seesItself ? 1 : 0)).map(({ id }) => id);
}

function titled(template: Template, place: Snippet): string {
  return `Template "${template.name}" ${place.name}`;
}
