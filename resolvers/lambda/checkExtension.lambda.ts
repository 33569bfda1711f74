/** What extendJob needs to know before it writes: that the count can grow so far, and how what is new is cut. */
import { PlotPaletteError } from "../../core/errors.ts";
import { MAX_RECORDS, planMoreShards } from "../../core/job/job.ts";
import { answering } from "./lambdaHandler.ts";

export interface ExtensionToCheck {
  recordCount: number;
  shardCount: number;
  /** The new count. */
  wanted: number;
}

export interface CheckedExtension {
  shards: { from: number; to: number }[];
}

export const handler = answering(async (extension: ExtensionToCheck): Promise<CheckedExtension> => {
  return checkExtension(extension);
});

/** @throws PlotPaletteError BadInput when the count is not larger or too large, Conflict when no shard is left for what is new */
export function checkExtension({ recordCount, shardCount, wanted }: ExtensionToCheck): CheckedExtension {
  if (wanted <= recordCount || wanted > MAX_RECORDS)
    throw new PlotPaletteError(
      "BadInput",
      `The number of records must be more than the ${shown(recordCount)} of until now and at most ${shown(MAX_RECORDS)}, not ${shown(wanted)}.`,
    );
  const shards = planMoreShards({ recordCount, shardCount }, wanted);
  if (shards.length === 0)
    throw new PlotPaletteError(
      "Conflict",
      `This job has been extended as often as it can be: it has ${shardCount} shards, the most a job may have. Start another job for more records.`,
    );
  return { shards };
}

function shown(count: number): string {
  return count.toLocaleString("en-US");
}
