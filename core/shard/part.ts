/**
 * A part: the immutable object that one flush of one shard writes. JSON lines: first what a restart needs, then the records,
 * failures and refused candidates since the part before. Written once under its generation and number; only what a checkpoint names exists.
 */
import type { FailedRecord, MadeRecord, OpenSlot, RejectedCandidate } from "./record.ts";
import { invariant } from "../errors.ts";
import type { PartRange } from "./shard-row.ts";

export interface Part {
  /** All slots that were begun and are neither delivered nor failed. */
  readonly open: readonly OpenSlot[];
  /** The slots done beyond the low-water mark: at most a window of them. */
  readonly done: readonly number[];
  readonly made: readonly MadeRecord[];
  readonly failed: readonly FailedRecord[];
  readonly refused: readonly RejectedCandidate[];
}

const FORMAT = 1;
/** The first line of a part after which nothing is open. */
export const NOTHING_OPEN = JSON.stringify({ format: FORMAT, open: [], done: [] });

export function encodePart({ open, done, made, failed, refused }: Part): string {
  const lines = [JSON.stringify({ format: FORMAT, open, done })];
  for (const record of made) lines.push(JSON.stringify({ made: record }));
  for (const record of failed) lines.push(JSON.stringify({ failed: record }));
  for (const candidate of refused) lines.push(JSON.stringify({ refused: candidate }));
  return `${lines.join("\n")}\n`;
}

export function decodePart(text: string): Part {
  const [head, ...lines] = text.trimEnd().split("\n");
  const { format, open, done } = JSON.parse(head ?? "{}") as { format?: number; open: OpenSlot[]; done: number[] };
  invariant(format === FORMAT, `a part has format ${format}, not ${FORMAT}`);
  const part = {
    ...{ open, done },
    made: [] as MadeRecord[],
    failed: [] as FailedRecord[],
    refused: [] as RejectedCandidate[],
  };
  for (const line of lines) {
    const { made, failed, refused } = JSON.parse(line) as PartLine;
    if (made) part.made.push(made);
    if (failed) part.failed.push(failed);
    if (refused) part.refused.push(refused);
  }
  return part;
}

/** A line of a part below its first, which holds one of these; of a kind that is not known here, none. */
export interface PartLine {
  readonly made?: MadeRecord;
  readonly failed?: FailedRecord;
  readonly refused?: RejectedCandidate;
}

/** How `encodePart` begins the line of a record or a failure. */
const BEGINNING = /^\{"(?:made|failed)":\{"slot":(\d+)[,}]/;

/** The slot that a line fills, as it stands at its beginning; undefined where it does not, and the line must be read to know. */
export function slotAtBeginning(line: string): number | undefined {
  const [, slot] = BEGINNING.exec(line) ?? [];
  return slot === undefined ? undefined : Number(slot);
}

/** The runs with one more part of the shard's newest pass. */
export function withPart(runs: readonly PartRange[], generation: number, seq: number, pass = 0): PartRange[] {
  const last = runs.at(-1);
  if (!last || !isOf(last, generation))
    return [...runs, { generation, fromSeq: seq, toSeq: seq, ...(pass > 0 && { pass }) }];
  invariant(last.toSeq === seq - 1, `part ${seq} follows part ${last.toSeq} of generation ${generation}`);
  return [...runs.slice(0, -1), { ...last, toSeq: seq }];
}

/** Whether a worker of this generation of the shard wrote the run. */
export function isOf(run: PartRange | undefined, generation: number): boolean {
  return run?.generation === generation && !run.folded;
}

/** Every part that exists, in the order written. */
export function* partsOf(runs: readonly PartRange[]): Generator<{ run: PartRange; seq: number }> {
  for (const run of runs) for (let seq = run.fromSeq; seq <= run.toSeq; seq++) yield { run, seq };
}
