/** What extendJob checks before it writes: that the record count can grow that far, and how the new records are divided. */
import { PlotPaletteError } from "../../core/errors.ts";
import { MAX_RECORDS, planMoreShards } from "../../core/job/job.ts";
import { lambdaHandler } from "./lambdaHandler.ts";

export interface ExtensionToCheck {
  recordCount: number;
  shardCount: number;
  /** The new count. */
  wanted: number;
}

export interface CheckedExtension {
  shards: { from: number; to: number }[];
}

export const handler = lambdaHandler(async (extension: ExtensionToCheck): Promise<CheckedExtension> => {
  return checkExtension(extension);
});

/** @throws PlotPaletteError BadInput when the count is not larger or too large, Conflict when no shard is left for the new records */
export function checkExtension({ recordCount, shardCount, wanted }: ExtensionToCheck): CheckedExtension {
  if (wanted <= recordCount || wanted > MAX_RECORDS)
    throw new PlotPaletteError(
      "BadInput",
      `The number of records must exceed the current ${formatCount(recordCount)} and be at most ${formatCount(MAX_RECORDS)}, not ${formatCount(wanted)}.`,
    );
  const shards = planMoreShards({ recordCount, shardCount }, wanted);
  if (shards.length === 0)
    throw new PlotPaletteError(
      "Conflict",
      `This job cannot be extended again: it has ${shardCount} shards, the most a job may have. Start another job for more records.`,
    );
  return { shards };
}

function formatCount(count: number): string {
  return count.toLocaleString("en-US");
}
