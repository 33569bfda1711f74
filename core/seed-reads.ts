/** The collections and fields a template reads, by first names; a field read both with and without a fallback is required. */
import { placesOf } from "./template-places.ts";
import { readsOfExpression, readsOfPrompt } from "./template-syntax.ts";
import type { SeedRead, Template } from "./template.ts";

export function seedReadsOf(template: Template): SeedRead[] {
  const reads = new Map<string, SeedRead>();
  for (const { name: place, kind, text, step } of placesOf(template))
    for (const { path, optional } of kind === "prompt" ? readsOfPrompt(text) : readsOfExpression(text)) {
      const [name, field = ""] = path;
      const pick = name === undefined ? undefined : template.pick[name];
      if (!pick) continue;
      const key = `${pick.from}.${field}`;
      const required = !(optional || step?.when !== undefined) || (reads.get(key)?.required ?? false);
      reads.set(key, { collection: pick.from, path: field, required, place: reads.get(key)?.place ?? place });
    }
  for (const pick of Object.values(template.pick))
    if (![...reads.values()].some((read) => read.collection === pick.from))
      reads.set(`${pick.from}.`, { collection: pick.from, path: "", required: true, place: "pick" });
  return [...reads.values()];
}
