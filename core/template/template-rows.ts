/** The rows of the templates table. */
import type { DatasetFormat } from "../formats.ts";
import type { Bound } from "./bound.ts";
import type { Partials, SeedRead } from "./template.ts";

export interface TemplateHeadRow {
  pk: string;
  sk: "HEAD";
  templateId: string;
  owner: string;
  /** Sort key of the owner's list: the id for people's templates (newest first), the name for samples. */
  listKey: string;
  name: string;
  description?: string;
  category?: string;
  tags: string[];
  stepCount: number;
  latestVersion: number;
  /** While it is published: since when, the versions others may read, and the partitions of the listings it is in. */
  publishedAt?: string;
  publishedVersions?: number[];
  listings?: string[];
  forkedFrom?: { id: string; version: number; name: string };
  sampleSeedSetId?: string;
  updatedAt: string;
}

/** What is stored of a version besides its source, so that it need not be parsed again. */
export interface TemplateAnalysisRow {
  steps: {
    id: string;
    modelId: string;
    tier?: string;
    fallbacks: string[];
    escalatesTo?: string;
    prompt: string;
    maxTokens: number;
    output: string;
    rounds: number;
    dependsOn: string[];
  }[];
  /** Values and default as JSON texts. */
  parameters: { name: string; description?: string; values?: string[]; default: string }[];
  columns: { name: string; type?: string }[];
  categories: string[];
  /** Both absent in versions that predate `accept`. */
  accept?: { name?: string; expression: string }[];
  maxAttempts?: number;
  /** Absent in versions that predate fine-tuning formats. */
  trainingFormats?: DatasetFormat[];
  reads: SeedRead[];
  /** JSON Schemas by collection, as JSON text: DynamoDB would reject some of their keys. */
  seedSchema: string;
  warnings: string[];
  maxAttemptCost: Bound;
}

export interface TemplateVersionRow {
  pk: string;
  sk: string;
  templateId: string;
  owner: string;
  version: number;
  name: string;
  description?: string;
  category?: string;
  tags: string[];
  source: string;
  /** What it includes from other templates, copied: deleting or unpublishing those breaks nothing. */
  partials: Partials;
  analysis: TemplateAnalysisRow;
  createdAt: string;
}

export interface ListingRow {
  pk: string;
  sk: string;
  templateId: string;
  owner: string;
  name: string;
  description?: string;
  category?: string;
  tags: string[];
  stepCount: number;
  /** The newest published version. */
  latestVersion: number;
  publishedAt: string;
  updatedAt: string;
  /** All its words in lower case and in order, each preceded by a space, to match the other words of a search. */
  terms: string;
}
