/**
 * A part: the immutable object that one flush of one shard writes. JSON lines: first what a restart needs, then the records,
 * failures and rejected candidates since the previous part. Written once, under its generation and number; only what a
 * checkpoint references exists.
 */
import type { FailedRecord, DeliveredRecord, OpenSlot, RejectedCandidate } from "./record.ts";
import { invariant } from "../errors.ts";
import type { PartRange } from "./shard-row.ts";

export interface Part {
  /** All slots that were started and are neither delivered nor failed. */
  readonly open: readonly OpenSlot[];
  /** The slots done above the low-water mark: at most a window of them. */
  readonly done: readonly number[];
  readonly delivered: readonly DeliveredRecord[];
  readonly failed: readonly FailedRecord[];
  readonly rejected: readonly RejectedCandidate[];
}

const FORMAT = 1;
/** The first line of a part after which nothing is open. */
export const EMPTY_HEADER = JSON.stringify({ format: FORMAT, open: [], done: [] });

export function encodePart({ open, done, delivered, failed, rejected }: Part): string {
  const lines = [JSON.stringify({ format: FORMAT, open, done })];
  for (const record of delivered) lines.push(JSON.stringify({ delivered: record }));
  for (const record of failed) lines.push(JSON.stringify({ failed: record }));
  for (const candidate of rejected) lines.push(JSON.stringify({ rejected: candidate }));
  return `${lines.join("\n")}\n`;
}

export function decodePart(text: string): Part {
  const [head, ...lines] = text.trimEnd().split("\n");
  const { format, open, done } = JSON.parse(head ?? "{}") as { format?: number; open: OpenSlot[]; done: number[] };
  invariant(format === FORMAT, `a part has format ${format}, not ${FORMAT}`);
  const part = {
    ...{ open, done },
    delivered: [] as DeliveredRecord[],
    failed: [] as FailedRecord[],
    rejected: [] as RejectedCandidate[],
  };
  for (const line of lines) {
    const { delivered, failed, rejected } = JSON.parse(line) as PartLine;
    if (delivered) part.delivered.push(delivered);
    if (failed) part.failed.push(failed);
    if (rejected) part.rejected.push(rejected);
  }
  return part;
}

/** A line of a part after its first. It holds one of these, or none if its kind is unknown here. */
export interface PartLine {
  readonly delivered?: DeliveredRecord;
  readonly failed?: FailedRecord;
  readonly rejected?: RejectedCandidate;
}

/** How `encodePart` starts the line of a record or a failure. */
const LINE_START = /^\{"(?:delivered|failed)":\{"slot":(\d+)[,}]/;

/** The slot that a line fills, read from its start; undefined where it is not there, and the line must be parsed. */
export function peekSlot(line: string): number | undefined {
  const [, slot] = LINE_START.exec(line) ?? [];
  return slot === undefined ? undefined : Number(slot);
}

/** The ranges plus one part of the shard's newest pass. */
export function appendPart(ranges: readonly PartRange[], generation: number, seq: number, pass = 0): PartRange[] {
  const last = ranges.at(-1);
  if (!last || !isWrittenBy(last, generation))
    return [...ranges, { generation, fromSeq: seq, toSeq: seq, ...(pass > 0 && { pass }) }];
  invariant(last.toSeq === seq - 1, `part ${seq} follows part ${last.toSeq} of generation ${generation}`);
  return [...ranges.slice(0, -1), { ...last, toSeq: seq }];
}

/** Whether a worker of this generation of the shard wrote the range. */
export function isWrittenBy(range: PartRange | undefined, generation: number): boolean {
  return range?.generation === generation && !range.compacted;
}

/** Every part that exists, in the order they were written. */
export function* partsOf(ranges: readonly PartRange[]): Generator<{ range: PartRange; seq: number }> {
  for (const range of ranges) for (let seq = range.fromSeq; seq <= range.toSeq; seq++) yield { range, seq };
}
