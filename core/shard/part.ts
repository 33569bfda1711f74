/**
 * A part: the immutable object that one flush of one shard writes. JSON lines: first what a restart needs, then the records,
 * failures and rejected candidates since the previous part. Written once, under its generation and number; only what a
 * checkpoint references exists.
 */
import type { FailedRecord, DeliveredRecord, OpenSlot, RejectedCandidate } from "./record.ts";
import { invariant } from "../errors.ts";
import type { PartRange } from "./shard-row.ts";
import type { SlotRange } from "./window.ts";

export interface Part extends PartHeader {
  readonly delivered: readonly DeliveredRecord[];
  readonly failed: readonly FailedRecord[];
  readonly rejected: readonly RejectedCandidate[];
}

/** What a restart needs. */
export interface PartHeader {
  /** All slots that were started and are neither delivered nor failed. */
  readonly open: readonly OpenSlot[];
  /** The slots done above the low-water mark. */
  readonly done: readonly SlotRange[];
  /** The bytes of their lines. */
  readonly doneBytes: number;
}

const FORMAT = 2;
/** Until 2026-11, `done` was a list of slots, and their bytes were not counted. */
const FORMAT_WITH_SLOTS = 1;
/** After the last slot of a shard. */
export const NOTHING_OPEN: PartHeader = { open: [], done: [], doneBytes: 0 };
/** The first line of a part after which nothing is open. */
export const EMPTY_HEADER = encodeHeader(NOTHING_OPEN);

/** @param lines what `encodeLine` made of the records, failures and rejected candidates */
export function encodePart(header: PartHeader, lines: readonly string[]): string {
  return `${[encodeHeader(header), ...lines].join("\n")}\n`;
}

export function encodeLine(line: PartLine): string {
  return JSON.stringify(line);
}

export function decodePart(text: string): Part {
  const [head, ...lines] = text.trimEnd().split("\n");
  const part = {
    ...decodeHeader(head ?? "{}"),
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

function encodeHeader({ open, done, doneBytes }: PartHeader): string {
  return JSON.stringify({ format: FORMAT, open, done, doneBytes });
}

function decodeHeader(line: string): PartHeader {
  const header = JSON.parse(line) as
    (PartHeader & { format: typeof FORMAT }) | { format: typeof FORMAT_WITH_SLOTS; open: OpenSlot[]; done: number[] };
  const { format, open } = header;
  if (format === FORMAT_WITH_SLOTS)
    return { open, done: header.done.map((slot) => [slot, slot + 1] as const), doneBytes: 0 };
  invariant(format === FORMAT, `a part has format ${String(format)}, not ${FORMAT}`);
  return { open, done: header.done, doneBytes: header.doneBytes };
}

/** A line of a part after its first. It holds one of these, or none if its kind is unknown here. */
export interface PartLine {
  readonly delivered?: DeliveredRecord;
  readonly failed?: FailedRecord;
  readonly rejected?: RejectedCandidate;
}

/** How `encodeLine` starts the line of a record or a failure. */
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
