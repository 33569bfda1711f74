/** Whether seeds fit a template. */
import { PlotPaletteError } from "../errors.ts";
import { fitProblem, type CollectionSummary } from "../template/analysis/fit.ts";
import { seedRequirementsOf } from "../template/analysis/seed-requirements.ts";
import type { Partials, Template } from "../template/template.ts";

/** @throws PlotPaletteError BadInput with the first reason why items of the seeds are certain to fail */
export function checkFit(template: Template, partials: Partials, collections: readonly CollectionSummary[]): void {
  const problem = fitProblem(seedRequirementsOf(template, partials), collections, template.name);
  if (problem) throw new PlotPaletteError("BadInput", problem);
}
