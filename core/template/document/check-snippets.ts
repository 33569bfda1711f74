/** Whether what a template's prompts and expressions say can be understood, and is in scope. */
import { includesOfTree, isQualified } from "../prompts/includes.ts";
import { snippetsOf, type Snippet } from "../prompts/snippets.ts";
import { readsOfExpression, readsOfPrompt, TemplateSyntaxError, treeOfPrompt, type Read } from "../prompts/syntax.ts";
import { columnsOf, type Template } from "../template.ts";
import type { TemplateSource } from "./source.ts";

/** Notes every fault of syntax, and every read of something that is not in reach. */
export function checkSnippets(template: Template, source: TemplateSource): void {
  for (const place of snippetsOf(template)) {
    const reads = readsOfSnippet(template, place, source);
    // A partial sees what is handed to it, which its callers know.
    if (reads && place.path[0] !== "partials") for (const read of reads) checkRead(template, place, read, source);
  }
}

function readsOfSnippet(template: Template, place: Snippet, source: TemplateSource): Read[] | undefined {
  try {
    if (place.kind === "expression") return readsOfExpression(place.text);
    for (const include of includesOfTree(treeOfPrompt(place.text))) {
      const fault = problemOfInclude(template, include.name);
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

function problemOfInclude({ partials, steps }: Template, name: string | undefined): string | undefined {
  if (name === undefined) return 'includes by a computed name; write it as a text, include("NAME").';
  if (isQualified(name) || name in partials || steps.some(({ id }) => id === name)) return undefined;
  const known = [...Object.keys(partials), ...steps.map(({ id }) => id)].join(", ");
  return `includes "${name}", but there is no partial or step of that name (there are ${known}); another template's is written "ID@VERSION/NAME".`;
}

function checkRead(template: Template, place: Snippet, { path, optional }: Read, source: TemplateSource): void {
  const [name, id] = path;
  if (name === undefined || optional) return;
  const known = namesInScope(template, place);
  if (!known.includes(name))
    source.addProblem(
      place.path,
      `${titled(template, place)} reads it.${name}, but there is no such pick or parameter (there are ${known.join(", ")}).`,
    );
  if (name === "steps" && id !== undefined && !stepsInScope(template, place).includes(id))
    source.addProblem(place.path, `${titled(template, place)} reads it.steps.${id}, but no earlier step has that id.`);
  const columns = columnsOf(template);
  if (place.recordInScope && name === "record" && id !== undefined && !columns.includes(id))
    source.addProblem(
      place.path,
      `${titled(template, place)} reads it.record.${id}, but the record has no such column (it has ${columns.join(", ")}).`,
    );
}

function namesInScope(template: Template, { step, loopInScope, recordInScope }: Snippet): string[] {
  const loop = loopInScope && step?.forEach ? [step.forEach.as, "index"] : [];
  return [
    ...Object.keys(template.pick),
    ...Object.keys(template.parameters),
    ...loop,
    "steps",
    ...(recordInScope ? ["record"] : []),
  ];
}

function stepsInScope({ steps }: Template, { step, ownOutputInScope }: Snippet): string[] {
  if (!step) return steps.map(({ id }) => id);
  return steps.slice(0, steps.indexOf(step) + (ownOutputInScope ? 1 : 0)).map(({ id }) => id);
}

function titled(template: Template, place: Snippet): string {
  return `Template "${template.name}" ${place.name}`;
}
