/** Whether what a template's prompts and expressions say can be understood, and is in scope. */
import { includesOfTree, isQualified } from "../prompts/includes.ts";
import { snippetsOf, type Snippet } from "../prompts/snippets.ts";
import {
  readsOfExpression,
  readsOfPrompt,
  TemplateSyntaxError,
  treeOfExpression,
  treeOfPrompt,
  type Read,
} from "../prompts/syntax.ts";
import { columnsOf, type Template } from "../template.ts";
import { problemsOfCode } from "./check-code.ts";
import type { TemplateSource } from "./source.ts";

/** Adds a problem for each syntax error, for each read of something out of scope, and for each call of what does not exist. */
export function checkSnippets(template: Template, source: TemplateSource): void {
  for (const snippet of snippetsOf(template)) {
    const reads = readsOfSnippet(template, snippet, source);
    if (!reads) continue;
    // What a partial sees depends on its callers.
    const isPartial = snippet.path[0] === "partials";
    if (!isPartial) for (const read of reads) checkRead(template, snippet, read, source);
    const tree = snippet.kind === "prompt" ? treeOfPrompt(snippet.text) : treeOfExpression(snippet.text);
    const inScope = isPartial ? undefined : namesInScope(template, snippet);
    for (const { at, message } of problemsOfCode(template, snippet, tree, inScope))
      addProblemAt(template, snippet, at, message, source);
  }
}

function addProblemAt(template: Template, snippet: Snippet, at: number, problem: string, source: TemplateSource): void {
  const before = snippet.text.slice(0, at).split("\n");
  const column = (before.at(-1)?.length ?? 0) + 1;
  source.addProblemWithin(snippet.path, before.length, column, `${titled(template, snippet)} ${problem}`);
}

function readsOfSnippet(template: Template, snippet: Snippet, source: TemplateSource): Read[] | undefined {
  try {
    if (snippet.kind === "expression") return readsOfExpression(snippet.text);
    for (const include of includesOfTree(treeOfPrompt(snippet.text))) {
      const problem = problemOfInclude(template, include.name);
      if (problem) addProblemAt(template, snippet, include.at, problem, source);
    }
    return readsOfPrompt(snippet.text);
  } catch (error) {
    if (!(error instanceof TemplateSyntaxError)) throw error;
    source.addProblemWithin(
      snippet.path,
      error.line,
      error.column,
      `${titled(template, snippet)} has a syntax error: ${error.problem}.`,
    );
    return undefined;
  }
}

function problemOfInclude({ partials, steps }: Template, name: string | undefined): string | undefined {
  if (name === undefined) return 'includes by a computed name; write it as a literal, include("NAME").';
  if (isQualified(name) || name in partials || steps.some(({ id }) => id === name)) return undefined;
  const known = [...Object.keys(partials), ...steps.map(({ id }) => id)].join(", ");
  return `includes "${name}", but no partial or step has that name (there are ${known}); to include another template's, write "ID@VERSION/NAME".`;
}

function checkRead(template: Template, snippet: Snippet, { path, optional }: Read, source: TemplateSource): void {
  const [name, id] = path;
  if (name === undefined || optional) return;
  const known = namesInScope(template, snippet);
  if (!known.includes(name))
    source.addProblem(
      snippet.path,
      `${titled(template, snippet)} reads it.${name}, but no pick or parameter has that name (there are ${known.join(", ")}).`,
    );
  if (name === "steps" && id !== undefined && !stepsInScope(template, snippet).includes(id))
    source.addProblem(
      snippet.path,
      `${titled(template, snippet)} reads it.steps.${id}, but no earlier step has that id.`,
    );
  const draws = drawsInScope(template, snippet);
  if (draws && name === "draws" && id !== undefined && !draws.includes(id))
    source.addProblem(
      snippet.path,
      `${titled(template, snippet)} reads it.draws.${id}, but no ${snippet.draw === undefined ? "" : "earlier "}draw has that name${draws.length > 0 ? ` (there are ${draws.join(", ")})` : ""}.`,
    );
  const columns = columnsOf(template);
  if (snippet.recordInScope === "record" && name === "record" && id !== undefined && !columns.includes(id))
    source.addProblem(
      snippet.path,
      `${titled(template, snippet)} reads it.record.${id}, but the record has no such column (it has ${columns.join(", ")}).`,
    );
}

function namesInScope(template: Template, snippet: Snippet): string[] {
  const { step, loopInScope, rowInScope, recordInScope } = snippet;
  const loop = loopInScope && step?.forEach ? [step.forEach.as, "index"] : [];
  return [
    ...Object.keys(template.pick),
    ...Object.keys(template.parameters),
    ...loop,
    ...(drawsInScope(template, snippet) ? ["draws"] : []),
    ...(snippet.draw === undefined ? ["steps"] : []),
    ...(rowInScope ? ["row", "index"] : []),
    ...(recordInScope ? [recordInScope] : []),
  ];
}

/** A draw sees those before it; `undefined` in a template without draws. */
function drawsInScope({ draws }: Template, { draw }: Snippet): string[] | undefined {
  if (!draws) return undefined;
  const names = Object.keys(draws);
  return draw === undefined ? names : names.slice(0, names.indexOf(draw));
}

function stepsInScope({ steps }: Template, { step, ownOutputInScope }: Snippet): string[] {
  if (!step) return steps.map(({ id }) => id);
  return steps.slice(0, steps.indexOf(step) + (ownOutputInScope ? 1 : 0)).map(({ id }) => id);
}

function titled(template: Template, snippet: Snippet): string {
  return `Template "${template.name}" ${snippet.name}`;
}
