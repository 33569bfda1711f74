/**
 * Folds a shard's parts: all they hold, in slot order, in a few large parts that lie with the dataset. Once the dataset is
 * published the shard names these, and its old parts can go.
 */
import type { CompactedShard } from "#core/job/ending";
import { EMPTY_HEADER } from "#core/shard/part";
import { partObject } from "#core/bucket";
import type { PartRange, ShardRow } from "#core/shard/shard-row";
import type { Objects } from "../ports.ts";
import { LineBufferPool, type LineBuffer } from "./line-buffer.ts";

/** Of a part: few enough objects for a million records, and small enough for a worker that goes on to hold some of them. */
export const PART_BYTES = 1_000_000;

/** In a later pass over a shard what earlier ones made is told from what this one has: numbers from here on are this one's. */
const NEWEST_PASS_FIRST_SEQ = 1_000_000;

/**
 * A shard's passes, as its worker must find them should the shard go on: the newest apart, all before it as one.
 */
export class ShardCompaction {
  readonly #earlier: PartCompaction | undefined;
  readonly #newest: PartCompaction;

  /** `generation`: the export's, whose dataset the parts lie with. `buffers`: shared by folds that follow each other. */
  constructor(
    objects: Objects,
    readonly shard: ShardRow,
    generation: number,
    buffers = new LineBufferPool(PART_BYTES),
  ) {
    const { pass } = shard;
    const fold = (of: Omit<PartRangeStart, "generation">) =>
      new PartCompaction(objects, shard, { generation, ...of }, buffers);
    if (pass > 0) this.#earlier = fold({ pass: pass - 1, fromSeq: 0 });
    this.#newest = fold({ pass, fromSeq: pass > 0 ? NEWEST_PASS_FIRST_SEQ : 0 });
  }

  /** @param pass in which the line was written */
  async add(line: string, pass: number): Promise<void> {
    await this.#of(pass).add(line);
  }

  /** @param head of the shard's newest part: slots that were begun and paid for stay begun. Absent when it has none */
  async end(head?: string): Promise<CompactedShard> {
    const { shard } = this;
    const ofHead = this.#of(shard.partRanges.at(-1)?.pass ?? 0);
    const folds = [...(this.#earlier ? [this.#earlier] : []), this.#newest];
    const runs: PartRange[] = [];
    for (const fold of folds) runs.push(...(await fold.end(fold === ofHead ? head : undefined)));
    return { shard, partRanges: runs };
  }

  #of(pass: number): PartCompaction {
    return pass < this.shard.pass && this.#earlier ? this.#earlier : this.#newest;
  }
}

/** Where folded parts stand: their run, before its end is known. */
type PartRangeStart = Required<Pick<PartRange, "generation" | "pass" | "fromSeq">>;

export class PartCompaction {
  /** Holds less than a part, or one whose head is not known yet. */
  #lines: LineBuffer;
  #parts = 0;
  /** The part on its way. */
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
    // One line stays for the last part, whose head it must have.
    if (this.#lines.bytes >= this.buffers.bytes) await this.#write(EMPTY_HEADER);
    this.#lines.add(line);
  }

  /** The run of its parts, if there are any; `head` goes into the last. */
  async end(head = EMPTY_HEADER): Promise<PartRange[]> {
    if (this.#lines.bytes > 0 || head !== EMPTY_HEADER) await this.#write(head);
    await this.#writing;
    this.buffers.release(this.#lines);
    if (this.#parts === 0) return [];
    const { generation, fromSeq, pass } = this.rangeStart;
    const toSeq = fromSeq + this.#parts - 1;
    return [{ generation, fromSeq, toSeq, compacted: true, ...(pass > 0 && { pass }) }];
  }

  async #write(head: string): Promise<void> {
    await this.#writing;
    const full = this.#lines;
    this.#lines = this.buffers.acquire();
    const { jobId, shardNo } = this.shard;
    const { generation, fromSeq } = this.rangeStart;
    const name = partObject(jobId, shardNo, { generation, compacted: true }, fromSeq + this.#parts);
    this.#writing = this.objects.putIfAbsent(name, full.withHeader(head)).then(() => this.buffers.release(full));
    // Whoever awaits the next part, or the end, hears of a failure.
    this.#writing.catch(() => {});
    this.#parts += 1;
  }
}
