/** The objects of a job that nothing references or ever will: the sweep may remove them, whatever the job does meanwhile. */
import { datasetsPrefix, partsPrefix } from "../bucket.ts";
import type { JobRow } from "./job-row.ts";
import type { PartRange, ShardRow } from "../shard/shard-row.ts";

/** As stored. The job must have been read before its shards, so that no part range of an older dataset is missed. */
export interface ReferencingRows {
  readonly job: Pick<JobRow, "jobId" | "datasetPrefix">;
  readonly shards: readonly Pick<ShardRow, "shardNo" | "generation" | "leaseTask" | "partRanges">[];
}

/**
 * A part of a lease that has ended and that no range includes; a file of a dataset before the published one, unless it is a
 * compacted part still in use. Generations only grow, so an orphan stays one.
 */
export function isOrphan(name: string, { job, shards }: ReferencingRows): boolean {
  const { jobId, datasetPrefix } = job;
  const part = numbersIn(name, partsPrefix(jobId), /^(\d+)\/(\d+)-(\d+)$/);
  if (part) {
    const [shardNo = 0, generation = 0, seq = 0] = part;
    const shard = shards.find((one) => one.shardNo === shardNo);
    return shard !== undefined && isOver(shard, generation) && !isNamed(shard.partRanges, { generation, seq });
  }
  const published = numbersIn(datasetPrefix ?? "", datasetsPrefix(jobId), /^(\d+)\/$/)?.[0];
  const [generation = Infinity] = numbersIn(name, datasetsPrefix(jobId), /^(\d+)\//) ?? [];
  if (published === undefined || generation >= published) return false;
  const [, shardNo, seq = 0] = numbersIn(name, datasetsPrefix(jobId), /^(\d+)\/records\/(\d+)-(\d+)$/) ?? [];
  const shard = shards.find((one) => one.shardNo === shardNo);
  return shard === undefined || !isNamed(shard.partRanges, { generation, seq, compacted: true });
}

/** No further checkpoint of that generation can come. */
function isOver({ generation, leaseTask }: ReferencingRows["shards"][number], ofPart: number): boolean {
  return ofPart < generation || (ofPart === generation && leaseTask === undefined);
}

function isNamed(
  ranges: readonly PartRange[],
  { generation, seq, compacted }: { generation: number; seq: number; compacted?: true },
): boolean {
  return ranges.some(
    (range) =>
      range.generation === generation && range.compacted === compacted && range.fromSeq <= seq && seq <= range.toSeq,
  );
}

/** The numbers in what follows `prefix`; `undefined` when it does not match. */
function numbersIn(name: string, prefix: string, pattern: RegExp): number[] | undefined {
  if (!name.startsWith(prefix)) return undefined;
  return pattern.exec(name.slice(prefix.length))?.slice(1).map(Number);
}
