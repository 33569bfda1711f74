/** Whether seeds fit a template. */
import { PlotPaletteError } from "./errors.ts";
import type { SeedCollectionRow } from "./rows.ts";
import { seedReadsOf } from "./seed-reads.ts";
import type { Template } from "./template.ts";

/** @throws PlotPaletteError BadInput naming the first collection or field that the template reads and the seeds lack */
export function checkFit(template: Template, collections: readonly SeedCollectionRow[]): void {
  for (const { collection, path, required, place } of seedReadsOf(template)) {
    const found = collections.find(({ name }) => name === collection);
    const reader = `Template "${template.name}" ${place}`;
    if (!found)
      misfit(
        `${reader} draws from the collection "${collection}", but the seed set has none (it has ${names(collections)}).`,
      );
    if (!required || path === "" || found.fields.some(({ name }) => name === path)) continue;
    misfit(`${reader} reads ${path}; the collection "${collection}" has no "${path}" (it has ${names(found.fields)}).`);
  }
}

function names(list: readonly { readonly name: string }[]): string {
  const shown = list.slice(0, 12).map(({ name }) => name);
  return shown.join(", ") + (list.length > shown.length ? ` and ${list.length - shown.length} more` : "");
}

function misfit(message: string): never {
  throw new PlotPaletteError("BadInput", message);
}
