/** A test run's rows in the jobs table. */
import type { AdHocRunRow } from "../money/ad-hoc-rows.ts";
import type { Tiers } from "../models/models.ts";
import type { Partials } from "./template.ts";

export interface TestRunRow extends AdHocRunRow {
  pk: string;
  sk: "TESTRUN";
  testRunId: string;
  /** Not `owner`, which would list it among the owner's jobs. */
  testRunOwner: string;
  status: "RUNNING" | "COMPLETED" | "FAILED";
  statusReason?: string;
  recordCount: number;
  /** The records so far as JSON text, truncated to fit a message to subscribers. */
  records: string;
  createdAt: string;
  finishedAt?: string;
  /** Seconds since 1970. */
  expiresAt: number;
}

export interface TestRunInputRow {
  pk: string;
  sk: "INPUT";
  source: string;
  partials: Partials;
  tiers: Tiers;
  parameters: Record<string, unknown>;
  seedSetId: string;
  seedSetOwner: string;
  expiresAt: number;
}
