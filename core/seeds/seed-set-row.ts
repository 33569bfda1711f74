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
  /** The files that were asked for: which object is read as which collection, whatever a check made of them. */
  uploads: { collection: string; fileName: string; upload?: string }[];
  /** Whether faulty rows are left out, and what was. */
  skipInvalid?: boolean;
  skippedCount?: number;
  skippedRows?: { fileName: string; row: number; reason: string }[];
  /** What a model is to make it of; absent when it is uploaded. */
  generation?: SeedGeneration;
  createdAt: string;
}

export interface SeedGeneration {
  modelId: string;
  /** Of each collection. */
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
