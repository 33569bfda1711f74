/** Whether seeds fit a template: a seed set as a whole by its summary, an item by itself. */
import type { ErrorObject } from "ajv/dist/2020.js";
import { invariant, PlotPaletteError } from "../errors.ts";
import { anyTypeOf, fitProblem, type CollectionSummary } from "../template/analysis/fit.ts";
import type { JsonType } from "../template/analysis/prototypes.ts";
import { seedRequirementsOf } from "../template/analysis/seed-requirements.ts";
import { compileSchema } from "../template/compile-schema.ts";
import type { Partials, Template } from "../template/template.ts";
import { jsonTypeOf } from "./fields.ts";
import type { SeedItem } from "./seed-set.ts";

/** @throws PlotPaletteError BadInput with the first reason why items of the seeds are certain to fail */
export function checkFit(template: Template, partials: Partials, collections: readonly CollectionSummary[]): void {
  const problem = fitProblem(seedRequirementsOf(template, partials), collections, template.name);
  if (problem) throw new PlotPaletteError("BadInput", problem);
}

/** Why an item does not fit, to complete "Item 3 …"; undefined when it fits. */
export type ItemCheck = (item: SeedItem) => string | undefined;

/** The check of each collection's items that a template draws from; items of other collections all fit. */
export function itemChecksOf(template: Template, partials: Partials): ReadonlyMap<string, ItemCheck> {
  const { collections } = seedRequirementsOf(template, partials);
  return new Map(Object.entries(collections).map(([name, schema]) => [name, itemCheck(schema)]));
}

function itemCheck(schema: Readonly<Record<string, unknown>>): ItemCheck {
  const validate = compileSchema(schema);
  return (item) => {
    if (validate(item)) return undefined;
    // Of alternatives, the last error is only that none of them holds.
    const [first] = validate.errors ?? [];
    invariant(first, "what is not valid has an error");
    return describe(first, item);
  };
}

function describe({ keyword, instancePath, params }: ErrorObject, item: SeedItem): string {
  const names = instancePath.split("/").slice(1).map(unescapePointer);
  if (keyword === "required") return `has no "${[...names, params.missingProperty].join(".")}"`;
  const path = names.join(".");
  const value = names.reduce<unknown>((parent, name) => (parent as Record<string, unknown>)[name], item);
  if (value === null) return `has null for "${path}"`;
  const expected = keyword === "type" ? `, not ${anyTypeOf([params.type].flat() as JsonType[])}` : "";
  return `has ${anyTypeOf([schemaTypeOf(value)])} in "${path}"${expected}`;
}

function schemaTypeOf(value: unknown): JsonType {
  const type = jsonTypeOf(value);
  return type === "integer" ? "number" : (type as JsonType);
}

/** A name in a JSON Pointer. */
function unescapePointer(name: string): string {
  return name.replaceAll("~1", "/").replaceAll("~0", "~");
}
