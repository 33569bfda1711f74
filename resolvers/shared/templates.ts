/** From template rows to what the schema calls Template and TemplateSummary. */
import { SAMPLES, type TemplateHeadRow, type TemplateVersionRow } from "../../core/rows.ts";
import type { Template, TemplateSummary } from "../generated/schema.ts";

export function toTemplate(head: TemplateHeadRow, version: TemplateVersionRow): Template {
  return {
    id: version.templateId,
    name: version.name,
    description: version.description ?? null,
    category: version.category ?? null,
    version: version.version,
    latestVersion: head.latestVersion,
    isSample: head.owner === SAMPLES,
    source: version.source,
    steps: version.steps.map((step) => ({
      id: step.id,
      modelId: step.modelId,
      tier: step.tier ?? null,
      prompt: step.prompt,
      maxTokens: step.maxTokens,
    })),
    columns: version.columns,
    reads: version.reads.map((read) => ({
      collection: read.collection,
      field: read.field ?? null,
      required: read.required,
    })),
    recordBoundNanos: version.recordBoundNanos,
    createdAt: version.createdAt,
  };
}

export function toTemplateSummary(head: TemplateHeadRow): TemplateSummary {
  return {
    id: head.templateId,
    name: head.name,
    description: head.description ?? null,
    category: head.category ?? null,
    latestVersion: head.latestVersion,
    isSample: head.owner === SAMPLES,
    sampleSeedSetId: head.sampleSeedSetId ?? null,
    updatedAt: head.updatedAt,
  };
}
