/** From template rows to the schema's Template, TemplateAnalysis and TemplateSummary. */
import { SAMPLES } from "../../core/keys.ts";
import type {
  ListingRow,
  TemplateAnalysisRow,
  TemplateHeadRow,
  TemplateVersionRow,
} from "../../core/template/template-rows.ts";
import type { Template, TemplateAnalysis, TemplateSummary } from "../generated/schema.ts";
import { latestFor } from "./templateAccess.ts";

/** @param me the reader, who sees only published versions of someone else's template */
export function toTemplate(head: TemplateHeadRow, version: TemplateVersionRow, me: string): Template {
  return {
    id: version.templateId,
    name: version.name,
    description: version.description ?? null,
    category: version.category ?? null,
    tags: version.tags,
    version: version.version,
    latestVersion: latestFor(head, me),
    isSample: head.owner === SAMPLES,
    isMine: head.owner === me,
    publishedAt: head.publishedAt ?? null,
    publishedVersions: head.publishedVersions ?? [],
    forkedFrom: head.forkedFrom ?? null,
    sampleSeedSetId: head.sampleSeedSetId ?? null,
    source: version.source,
    analysis: toTemplateAnalysis(version.analysis, Object.keys(version.partials)),
    createdAt: version.createdAt,
  };
}

/** @param includes the names of everything that the template includes from others */
export function toTemplateAnalysis(row: TemplateAnalysisRow, includes: string[]): TemplateAnalysis {
  return {
    steps: row.steps.map((step) => ({
      ...step,
      tier: step.tier ?? null,
      escalatesTo: step.escalatesTo ?? null,
    })),
    parameters: row.parameters.map((parameter) => ({
      name: parameter.name,
      description: parameter.description ?? null,
      values: parameter.values ?? null,
      default: parameter.default,
    })),
    columns: row.columns.map((column) => ({ name: column.name, type: column.type ?? null })),
    categories: row.categories,
    accept: (row.accept ?? []).map(({ name, expression }) => ({ name: name ?? null, expression })),
    maxAttempts: row.maxAttempts ?? 3,
    trainingFormats: row.trainingFormats ?? [],
    reads: row.reads.map((read) => ({ ...read })),
    seedSchema: JSON.parse(row.seedSchema),
    warnings: row.warnings,
    includes,
    maxAttemptCost: row.maxAttemptCost,
  };
}

/** For its owner's list, or the samples': the latest version. */
export function toTemplateSummary(head: TemplateHeadRow, me: string): TemplateSummary {
  return {
    id: head.templateId,
    name: head.name,
    description: head.description ?? null,
    category: head.category ?? null,
    tags: head.tags,
    latestVersion: head.latestVersion,
    isSample: head.owner === SAMPLES,
    isMine: head.owner === me,
    publishedAt: head.publishedAt ?? null,
    stepCount: head.stepCount,
    sampleSeedSetId: head.sampleSeedSetId ?? null,
    updatedAt: head.updatedAt,
  };
}

/** For searches: the newest published version. */
export function fromListing(row: ListingRow, me: string): TemplateSummary {
  return {
    id: row.templateId,
    name: row.name,
    description: row.description ?? null,
    category: row.category ?? null,
    tags: row.tags,
    latestVersion: row.latestVersion,
    isSample: false,
    isMine: row.owner === me,
    publishedAt: row.publishedAt,
    stepCount: row.stepCount,
    sampleSeedSetId: null,
    updatedAt: row.updatedAt,
  };
}
