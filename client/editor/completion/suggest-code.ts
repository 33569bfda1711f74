/** Completion inside a prompt's tags and in expressions: the members of `it`, and the prompt functions. */
import { INCLUDE, PROMPT_FUNCTIONS } from "./prompt-functions.ts";
import { asMap, type Outline, type OutlineStep } from "./outline.ts";
import type { CursorContext } from "./cursor.ts";
import type { CompletionData, KnownCollection, Suggestion, Suggestions } from "./suggestions.ts";

export interface CodeContext {
  /** From the start of the tag or expression to the cursor. */
  readonly code: string;
  readonly isPrompt: boolean;
  readonly position: number;
  readonly cursor: CursorContext;
  readonly outline: Outline;
  readonly completionData: CompletionData;
}

export function suggestCode(at: CodeContext): Suggestions | null {
  const { code, position } = at;
  const included = /\binclude\(\s*["']([^"']*)$/.exec(code);
  if (included && at.isPrompt) return { from: position - included[1]!.length, options: includables(at) };
  if (isInQuotes(code)) return null;
  const chain = /(?:^|[^\w$.)\]])((?:[A-Za-z_$][\w$]*)(?:\??\.[\w$]+|\[\d*\])*)(?:\??\.)([\w$]*)$/.exec(code);
  if (chain) return { from: position - chain[2]!.length, options: membersOf(partsOf(chain[1]!), at) };
  const word = /(?:^|[^\w$.])([A-Za-z_$][\w$]*)?$/.exec(code);
  if (!word || /\.\s*$/.test(code)) return null;
  return { from: position - (word[1]?.length ?? 0), options: globals(at) };
}

/** `it.movie.tags[0].name` as its names; an index becomes `[]`. */
function partsOf(chain: string): string[] {
  return chain
    .replaceAll("?.", ".")
    .replaceAll(/\[\d*\]/g, ".[]")
    .split(".")
    .filter(Boolean);
}

function isInQuotes(code: string): boolean {
  let quote = "";
  for (const character of code) {
    if (quote ? character === quote : `"'\``.includes(character)) quote = quote ? "" : character;
  }
  return quote !== "";
}

function globals({ isPrompt }: CodeContext): Suggestion[] {
  const functions = isPrompt ? [...PROMPT_FUNCTIONS, INCLUDE] : PROMPT_FUNCTIONS;
  return [
    { label: "it", kind: "variable", detail: "picks, parameters and steps" },
    ...functions.map(({ name, signature, description }) => ({
      label: name,
      kind: "function" as const,
      detail: signature,
      description,
      apply: `${name}(`,
    })),
    ...(isPrompt ? KEYWORDS : []).map((label) => ({ label, kind: "keyword" as const })),
  ];
}

const KEYWORDS = ["if", "else", "for", "const", "let", "of"];

function includables({ outline }: CodeContext): Suggestion[] {
  return [
    ...outline.partials.map((label) => ({ label, kind: "value" as const, detail: "partial" })),
    ...outline.steps.map(({ id }) => ({ label: id, kind: "value" as const, detail: "prompt of a step" })),
  ];
}

function membersOf([root, name, ...path]: string[], at: CodeContext): Suggestion[] {
  if (root !== "it") return [];
  if (name === undefined) return namesInIt(at);
  if (name === "steps") return membersOfSteps(path, at);
  if (name === "draws") return path.length === 0 ? availableDraws(at).map((label) => variable(label, "a draw")) : [];
  if (name === "record" && seesRecord(at) && path.length === 0)
    return at.outline.columns.map((label) => variable(label, "a column"));
  const pick = at.outline.picks[name];
  if (pick) return membersOfItems(pick.from, pick.isList ? withoutIndex(path) : path, at);
  const loop = stepAt(at)?.loop;
  return loop?.as === name ? membersOfLoop(loop.list, path, at) : [];
}

function namesInIt(at: CodeContext): Suggestion[] {
  const { picks, parameters } = at.outline;
  const step = stepAt(at);
  return [
    ...Object.entries(picks).map(([label, { from, isList }]) => ({
      label,
      kind: "variable" as const,
      detail: isList ? `items of ${from}` : `an item of ${from}`,
    })),
    ...Object.entries(parameters).map(([label, values]) => ({
      label,
      kind: "variable" as const,
      detail: values.length > 0 ? values.join(" | ") : "parameter",
    })),
    ...(step?.loop ? [variable(step.loop.as, "the loop item"), variable("index", "zero-based")] : []),
    ...(seesRow(at) ? [variable("row", "the item of this row"), variable("index", "zero-based")] : []),
    ...(seesRecord(at) ? [variable("record", "the record's columns")] : []),
    ...(seesRows(at) ? [variable("rows", "the columns of each row")] : []),
    ...(at.outline.draws.length > 0 ? [variable("draws", "drawn once per attempt")] : []),
    ...(at.cursor.path[0] === "draws" ? [] : [variable("steps", "outputs so far")]),
  ];
}

/** Conditions in `accept` see the finished record. */
function seesRecord({ cursor, outline }: CodeContext): boolean {
  return cursor.path[0] === "accept" && !outline.hasRows;
}

/** They see all its rows, if it has several. */
function seesRows({ cursor, outline }: CodeContext): boolean {
  return cursor.path[0] === "accept" && outline.hasRows;
}

/** A column is computed for each row. */
function seesRow({ cursor, outline }: CodeContext): boolean {
  return cursor.path[0] === "record" && outline.hasRows;
}

/** A draw reads those above it, everything else all of them. */
function availableDraws({ cursor, outline: { draws } }: CodeContext): readonly string[] {
  const [section, name] = cursor.path;
  return section === "draws" ? draws.slice(0, Math.max(0, draws.indexOf(String(name)))) : draws;
}

function membersOfSteps([id, part, ...path]: string[], at: CodeContext): Suggestion[] {
  const available = availableSteps(at);
  if (id === undefined) return available.map((step) => variable(step.id, step.type));
  const step = available.find((known) => known.id === id);
  if (!step) return [];
  if (part === undefined) {
    return [
      variable("output", step.type),
      variable("outputs", "all outputs of the step"),
      variable("reasoning", "what the model thought before it answered"),
      variable("modelId", "the model that answered"),
    ];
  }
  if (part === "output") return membersOfSchema(step.schema, step.loop ? withoutIndex(path) : path);
  return part === "outputs" ? membersOfSchema(step.schema, withoutIndex(path)) : [];
}

/** The steps before this one, and the step itself where its own output is available; all steps in columns. */
function availableSteps({ cursor: { path }, outline: { steps } }: CodeContext): readonly OutlineStep[] {
  const [section, index, part] = path;
  if (section !== "steps" || typeof index !== "number") return steps;
  const itself = part === "escalate" || steps[index]?.repeats ? 1 : 0;
  return steps.slice(0, index + itself).filter(({ id }) => id !== "");
}

function stepAt({ cursor: { path }, outline }: CodeContext): OutlineStep | undefined {
  return path[0] === "steps" && typeof path[1] === "number" ? outline.steps[path[1]] : undefined;
}

function membersOfSchema(schema: unknown, path: readonly string[] | null): Suggestion[] {
  if (path === null) return LIST_MEMBERS;
  let inner = asMap(schema);
  for (const part of path) inner = asMap(part === "[]" ? inner.items : asMap(inner.properties)[part]);
  if (inner.type === "array") return LIST_MEMBERS;
  return Object.entries(asMap(inner.properties)).map(([label, { type }]: [string, any]) => ({
    label,
    kind: "field",
    detail: typeof type === "string" ? type : undefined,
  }));
}

/** For `it.section` in a loop over `it.article.sections`: the members of one section. */
function membersOfLoop(list: string, path: readonly string[], at: CodeContext): Suggestion[] {
  const [root, name, ...rest] = partsOf(list.trim());
  const pick = at.outline.picks[name ?? ""];
  if (root !== "it" || !pick) return [];
  if (pick.isList && rest.length === 0) return membersOfItems(pick.from, path, at);
  return membersOfItems(pick.from, [...rest, "[]", ...path], at);
}

function membersOfItems(
  collection: string,
  path: readonly string[] | null,
  { completionData }: CodeContext,
): Suggestion[] {
  if (path === null) return LIST_MEMBERS;
  const fields = completionData.collections.find(({ name }) => name === collection)?.fields ?? [];
  return fieldsBelow(fields, path.join(".").replaceAll(".[]", "[]"));
}

/** The next names below a path; field names look like `body.text` and `tags[].name`. */
function fieldsBelow(fields: KnownCollection["fields"], path: string): Suggestion[] {
  const typesOf = (wanted: string) => fields.find(({ name }) => name === wanted)?.types ?? [];
  if (path !== "" && fields.some(({ name }) => name.startsWith(`${path}[]`))) return LIST_MEMBERS;
  if (path !== "" && typesOf(path).includes("array")) return LIST_MEMBERS;
  const before = path === "" ? "" : `${path}.`;
  const below = fields.filter(({ name }) => name.startsWith(before)).map(({ name }) => name.slice(before.length));
  const names = new Set(below.map((name) => name.replace(/[.[].*$/, "")).filter(Boolean));
  return [...names].map((label) => ({
    label,
    kind: "field",
    detail: typesOf(before + label).join(" | ") || undefined,
  }));
}

/** The path within one list item; null for the list itself. */
function withoutIndex(path: readonly string[]): readonly string[] | null {
  return path[0] === "[]" ? path.slice(1) : null;
}

const LIST_MEMBERS: Suggestion[] = [
  { label: "length", kind: "field", detail: "integer" },
  { label: "map", kind: "function", detail: "(item => …)", apply: "map(" },
  { label: "join", kind: "function", detail: "(separator)", apply: "join(" },
  { label: "filter", kind: "function", detail: "(item => …)", apply: "filter(" },
  { label: "slice", kind: "function", detail: "(from, to)", apply: "slice(" },
];

function variable(label: string, detail: string): Suggestion {
  return { label, kind: "variable", detail };
}
