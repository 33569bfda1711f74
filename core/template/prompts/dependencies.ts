/** Which steps depend on which: independent steps run concurrently. */
import { includesOfPrompt, isQualified, partialOf, resolvedName } from "./includes.ts";
import { snippetsOfStep } from "./snippets.ts";
import { readsOfExpression, readsOfPrompt, type Read } from "./syntax.ts";
import type { Partials, Template } from "../template.ts";

/**
 * The earlier steps that each step depends on. A step that reads all of `it.steps`, or a computed key, depends on all of them.
 */
export function dependenciesOf(template: Template, partials: Partials): Record<string, string[]> {
  return Object.fromEntries(
    template.steps.map((step, n) => {
      const earlier = template.steps.slice(0, n).map(({ id }) => id);
      const reads = snippetsOfStep(step, n).flatMap(({ kind, text }) =>
        kind === "expression" ? readsOfExpression(text) : readsThrough(template, partials, text, undefined, new Set()),
      );
      return [step.id, earlier.filter((id) => reads.some(({ path }) => mayRead(path, id)))];
    }),
  );
}

function mayRead([root, step]: Read["path"], id: string): boolean {
  return root === undefined || (root === "steps" && (step === undefined || step === id));
}

/** What a prompt reads, including what its includes read. */
function readsThrough(
  template: Template,
  partials: Partials,
  prompt: string,
  within: string | undefined,
  seen: Set<string>,
): Read[] {
  const included = includesOfPrompt(prompt)
    .map((name) => resolvedName(name, within))
    .filter((name) => !seen.has(name));
  return [
    ...readsOfPrompt(prompt),
    ...included.flatMap((name) => {
      seen.add(name);
      const text = isQualified(name) ? partials[name] : partialOf(template, name);
      return text === undefined
        ? []
        : readsThrough(template, partials, text, isQualified(name) ? name : undefined, seen);
    }),
  ];
}
