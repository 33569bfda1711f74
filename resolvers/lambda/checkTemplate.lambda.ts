/** What saveTemplate stores beside the source of a template, or the sentence on what is wrong with it. */
import type { TemplateVersionRow } from "../../core/rows.ts";
import { columnsOf, parseTemplate, recordBoundNanos, seedReadsOf } from "../../core/template.ts";
import { answering } from "./answer.ts";

export interface CheckedTemplate {
  titles: Pick<TemplateVersionRow, "name" | "description" | "category">;
  facts: Pick<TemplateVersionRow, "steps" | "columns" | "reads" | "recordBoundNanos">;
}

export const handler = answering(async ({ source }: { source: string }) => checkTemplate(source));

/** @throws PlotPaletteError BadInput */
export function checkTemplate(source: string): CheckedTemplate {
  const template = parseTemplate(source);
  return {
    titles: { name: template.name, description: template.description, category: template.category },
    facts: {
      steps: template.steps.map(({ id, modelId, tier, prompt, maxTokens }) => ({
        id,
        modelId,
        tier,
        prompt,
        maxTokens,
      })),
      columns: columnsOf(template),
      reads: seedReadsOf(template).map(({ collection, field, required }) => ({ collection, field, required })),
      recordBoundNanos: recordBoundNanos(template),
    },
  };
}
