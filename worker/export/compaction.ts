/**
 * Compacts a shard's parts: everything in them, in slot order, in a few large parts stored with the dataset. Once the dataset is
 * published, the shard names these, and its old parts can be deleted.
 */
import type { CompactedShard } from "#core/job/ending";
import { EMPTY_HEADER } from "#core/shard/part";
import { partObject } from "#core/bucket";
import type { PartRange, ShardRow } from "#core/shard/shard-row";
import type { Objects } from "../ports.ts";
import { LineBufferPool, type LineBuffer } from "./line-buffer.ts";

/** Large enough for few objects per million records, small enough for a worker that resumes to hold several. */
export const PART_BYTES = 1_000_000;

/** In a later pass over a shard, sequence numbers from here on are the newest pass's; lower ones are the earlier passes'. */
const NEWEST_PASS_FIRST_SEQ = 1_000_000;

/** A shard's passes, as a worker must find them if the shard resumes: the newest separately, all earlier ones as one. */
export class ShardCompaction {
  readonly #earlier: PartCompaction | undefined;
  readonly #newest: PartCompaction;

  /** `generation`: the export's, with whose dataset the parts are stored. `buffers`: shared by successive compactions. */
  constructor(
    objects: Objects,
    readonly shard: ShardRow,
    generation: number,
    buffers = new LineBufferPool(PART_BYTES),
  ) {
    const { pass } = shard;
    const compactionFrom = (start: Omit<PartRangeStart, "generation">) =>
      new PartCompaction(objects, shard, { generation, ...start }, buffers);
    if (pass > 0) this.#earlier = compactionFrom({ pass: pass - 1, fromSeq: 0 });
    this.#newest = compactionFrom({ pass, fromSeq: pass > 0 ? NEWEST_PASS_FIRST_SEQ : 0 });
  }

  /** @param pass the pass in which the line was written */
  async add(line: string, pass: number): Promise<void> {
    await this.#of(pass).add(line);
  }

  /** @param header of the shard's newest part, so that open slots keep what was paid for. Absent if it has no parts */
  async end(header?: string): Promise<CompactedShard> {
    const { shard } = this;
    const withHeader = this.#of(shard.partRanges.at(-1)?.pass ?? 0);
    const compactions = [...(this.#earlier ? [this.#earlier] : []), this.#newest];
    const partRanges: PartRange[] = [];
    for (const compaction of compactions)
      partRanges.push(...(await compaction.end(compaction === withHeader ? header : undefined)));
    return { shard, partRanges };
  }

  #of(pass: number): PartCompaction {
    return pass < this.shard.pass && this.#earlier ? this.#earlier : this.#newest;
  }
}

/** The range of the compacted parts, before its end is known. */
type PartRangeStart = Required<Pick<PartRange, "generation" | "pass" | "fromSeq">>;

export class PartCompaction {
  /** Holds less than a part, or one whose header is not known yet. */
  #lines: LineBuffer;
  #parts = 0;
  /** The part being written. */
  #writing: Promise<void> = Promise.resolve();

  constructor(
    readonly objects: Objects,
    readonly shard: Pick<ShardRow, "jobId" | "shardNo">,
    readonly rangeStart: PartRangeStart,
    readonly buffers: LineBufferPool,
  ) {
    this.#lines = buffers.acquire();
  }

  async add(line: string): Promise<void> {
    // Written only when another line follows: the last part must get the header.
    if (this.#lines.bytes >= this.buffers.bytes) await this.#write(EMPTY_HEADER);
    this.#lines.add(line);
  }

  /** The range of its parts, if there are any; `header` goes into the last. */
  async end(header = EMPTY_HEADER): Promise<PartRange[]> {
    if (this.#lines.bytes > 0 || header !== EMPTY_HEADER) await this.#write(header);
    await this.#writing;
    this.buffers.release(this.#lines);
    if (this.#parts === 0) return [];
    const { generation, fromSeq, pass } = this.rangeStart;
    const toSeq = fromSeq + this.#parts - 1;
    return [{ generation, fromSeq, toSeq, compacted: true, ...(pass > 0 && { pass }) }];
  }

  async #write(header: string): Promise<void> {
    await this.#writing;
    const full = this.#lines;
    this.#lines = this.buffers.acquire();
    const { jobId, shardNo } = this.shard;
    const { generation, fromSeq } = this.rangeStart;
    const name = partObject(jobId, shardNo, { generation, compacted: true }, fromSeq + this.#parts);
    this.#writing = this.objects.putIfAbsent(name, full.withHeader(header)).then(() => this.buffers.release(full));
    // A failure surfaces when the next part, or the end, is awaited.
    this.#writing.catch(() => {});
    this.#parts += 1;
  }
}
