import { parseDocument } from "yaml";

/** The names a template document defines, as far as it can be parsed while it is being written. */
export interface Outline {
  readonly picks: Readonly<Record<string, OutlinePick>>;
  /** Parameters with their allowed values; empty for any value. */
  readonly parameters: Readonly<Record<string, readonly unknown[]>>;
  readonly draws: readonly string[];
  /** Whether a record has a row for each item of a list. */
  readonly hasRows: boolean;
  readonly steps: readonly OutlineStep[];
  readonly partials: readonly string[];
  readonly columns: readonly string[];
  /** The document itself, for the siblings of a key. */
  readonly document: unknown;
}

export interface OutlinePick {
  readonly from: string;
  /** Several items at once. */
  readonly isList: boolean;
}

export interface OutlineStep {
  readonly id: string;
  /** The name of the loop's item, and the expression of its list; absent without a loop. */
  readonly loop?: { readonly as: string; readonly list: string };
  readonly repeats: boolean;
  readonly type: string;
  /** The JSON Schema of its output, if that is JSON. */
  readonly schema?: unknown;
}

/** Reads YAML or JSON, however unfinished; whatever cannot be parsed is left out. */
export function outlineOf(text: string): Outline {
  const document = readLeniently(text);
  const template = asMap(document);
  const record = asMap(template.record);
  const steps = asList(template.steps).map(stepOf);
  const picks = template.pick === undefined ? { seed: "seeds" } : asMap(template.pick);
  return {
    picks: Object.fromEntries(Object.entries(picks).map(([name, pick]) => [name, pickOf(pick)])),
    parameters: Object.fromEntries(
      Object.entries(asMap(template.parameters)).map(([name, parameter]) => [name, asList(asMap(parameter).values)]),
    ),
    draws: Object.keys(asMap(template.draws)),
    hasRows: template.rows !== undefined,
    steps,
    partials: Object.keys(asMap(template.partials)),
    columns: Object.keys(record).length > 0 ? Object.keys(record) : steps.map(({ id }) => id),
    document,
  };
}

function readLeniently(text: string): unknown {
  try {
    return parseDocument(text, { logLevel: "silent", strict: false, uniqueKeys: false }).toJS() as unknown;
  } catch {
    // Aliases that are undefined or expand without limit.
    return undefined;
  }
}

function pickOf(pick: unknown): OutlinePick {
  if (typeof pick === "string") return { from: pick, isList: false };
  const { from, count } = asMap(pick);
  return { from: asText(from), isList: count !== undefined };
}

function stepOf(value: unknown): OutlineStep {
  const step = asMap(value);
  const output = asMap(step.output);
  return {
    id: asText(step.id),
    ...(typeof step.forEach === "string" && { loop: { as: asText(step.as) || "item", list: step.forEach } }),
    repeats: step.repeat !== undefined,
    type: asText(output.type) || "text",
    schema: output.schema,
  };
}

export function asMap(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as Record<string, unknown>) : {};
}

function asList(value: unknown): readonly unknown[] {
  return Array.isArray(value) ? value : [];
}

function asText(value: unknown): string {
  return typeof value === "string" ? value : "";
}
