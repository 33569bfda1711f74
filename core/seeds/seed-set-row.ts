/** The row of the seed sets table. */
import type { AdHocRunRow } from "../money/ad-hoc-rows.ts";
import type { SeedField } from "./fields.ts";

export type SeedSetStatus = "UPLOADING" | "CHECKING" | "GENERATING" | "READY" | "REFUSED";

export interface SeedSetRow extends Partial<AdHocRunRow> {
  pk: string;
  sk: "SEEDS";
  seedSetId: string;
  owner: string;
  /** Sort key of the owner's list: the id for people's seed sets, the name for samples. */
  listKey: string;
  name: string;
  status: SeedSetStatus;
  statusReason?: string;
  collections: SeedCollectionRow[];
  /** The requested files: which object is read as which collection, regardless of the outcome of the check. */
  uploads: { collection: string; fileName: string; upload?: string }[];
  /** Whether invalid rows are skipped, and which ones were. */
  skipInvalid?: boolean;
  skippedCount?: number;
  skippedRows?: { fileName: string; row: number; reason: string }[];
  /** What was unusual about the files, one sentence each; absent for nothing. */
  notes?: string[];
  /** Which items of which seed set it is to have; absent when it is uploaded or generated. */
  filter?: SeedFilter;
  /** How a model is to generate it; absent when it is uploaded. */
  generation?: SeedGeneration;
  createdAt: string;
}

/** Those items of a seed set that fit a template. */
export interface SeedFilter {
  seedSetId: string;
  templateId: string;
  templateVersion: number;
}

export interface SeedGeneration {
  modelId: string;
  /** Per collection. */
  itemCount: number;
  instructions: string;
  /** The JSON Schemas of the items by collection, as JSON text. */
  schemas: string;
}

export interface SeedCollectionRow {
  name: string;
  fileName: string;
  itemCount: number;
  bytes: number;
  fields: SeedField[];
}
