/** Whether a template's code uses only names and methods that exist: what does not would fail once a model has been paid. */
import { globalsOf, LIBRARY_FUNCTIONS, membersOfNamespace } from "../analysis/globals.ts";
import { missingMethodsOf, type JsonSchemaOfValue } from "../analysis/missing-methods.ts";
import { undefinedNamesOf } from "../analysis/undefined-names.ts";
import type { AnyNode } from "../analysis/value.ts";
import type { Snippet } from "../prompts/snippets.ts";
import type { Step, Template } from "../template.ts";
import { nearest } from "./nearest.ts";

/** A problem at a position in a snippet; the message follows the snippet's name. */
export interface CodeProblem {
  readonly at: number;
  readonly message: string;
}

/** @param inScope the names of `it` there; absent in partials, where they depend on the caller */
export function problemsOfCode(
  template: Template,
  snippet: Snippet,
  tree: AnyNode,
  inScope: readonly string[] | undefined,
): CodeProblem[] {
  const schemaAt = inScope ? (path: readonly string[]) => schemaInIt(template, snippet, path) : () => undefined;
  return [
    ...undefinedNamesOf(tree, snippet.kind).map(({ name, at, isCalled }) => ({
      at,
      message: isCalled
        ? `calls ${name}(), but there is no such function; ${functionAdvice(name, snippet)}`
        : `reads ${name}, but nothing defines it; ${nameAdvice(name, snippet, inScope ?? [])}`,
    })),
    ...missingMethodsOf(tree, schemaAt).map(({ name, at, owner, known }) => {
      const meant = nearest(name, known);
      const problem = `calls ${name}(), which ${owner === undefined ? "no value has" : `${owner} does not have`}`;
      return { at, message: `${problem}${meant ? `; did you mean ${meant}?` : "."}` };
    }),
  ];
}

function functionAdvice(name: string, { kind }: Snippet): string {
  const math = membersOfNamespace("Math") ?? [];
  const meant =
    nearest(name, LIBRARY_FUNCTIONS) ??
    LIBRARY_FUNCTIONS.find((known) => name.length > 2 && known.toLowerCase().startsWith(name.toLowerCase())) ??
    (math.includes(name) ? `Math.${name}` : nearest(name, [...globalsOf(kind)]));
  return meant ? `did you mean ${meant}?` : "templates have JavaScript's own and the library's.";
}

function nameAdvice(name: string, { kind }: Snippet, inScope: readonly string[]): string {
  const value = nearest(name, inScope);
  const meant = value === undefined ? nearest(name, [...LIBRARY_FUNCTIONS, ...globalsOf(kind)]) : `it.${value}`;
  return meant ? `did you mean ${meant}?` : `values are members of it, such as it.${inScope[0] ?? "NAME"}.`;
}

/** What is known of the value at a path in `it`: all of it is JSON, and steps say what they answer. */
function schemaInIt(
  { steps }: Template,
  snippet: Snippet,
  [root, id, view, ...path]: readonly string[],
): JsonSchemaOfValue {
  const step = root === "steps" ? steps.find((one) => one.id === id) : undefined;
  // Of itself a step in a loop sees one answer, not the list of all.
  if (!step || view !== "output" || step === snippet.step) return {};
  return path.reduce(propertyOf, schemaOfOutput(step));
}

function schemaOfOutput({ forEach, output }: Step): JsonSchemaOfValue {
  if (forEach || output.type === "list") return { type: "array" };
  return output.type === "json" ? output.schema : { type: "string" };
}

function propertyOf({ type, properties }: JsonSchemaOfValue, name: string): JsonSchemaOfValue {
  const schema = type === "object" && isObject(properties) && Object.hasOwn(properties, name) ? properties[name] : {};
  return isObject(schema) ? schema : {};
}

function isObject(value: unknown): value is JsonSchemaOfValue {
  return typeof value === "object" && value !== null;
}
