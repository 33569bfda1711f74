/** One attempt at one slot: pick → draw → render → generate → validate, step by step → accept, and the record that comes of it. */
import type { Reservation } from "#core/money/budget";
import { causeOf, REJECTED_BY } from "#core/shard/causes";
import { coerce } from "#core/dataset/columns";
import { wellFormed } from "#core/dataset/well-formed";
import { PlotPaletteError } from "#core/errors";
import type { Drawn } from "#core/seeds/pick";
import {
  MAX_RECORD_BYTES,
  metaOf,
  metaOfAttempt,
  type FailedRecord,
  type DeliveredRecord,
  type OpenSlot,
  type RejectedCandidate,
} from "#core/shard/record";
import { columnsOfRows } from "#core/shard/rows";
import { conditionTitle, MAX_ROWS, type ColumnType } from "#core/template/template";
import { ReservationTooSmall, Stopped, type CallContext } from "../calls/call.ts";
import { AttemptContext } from "./attempt-context.ts";
import { InvalidOutput } from "./output-validator.ts";
import { ModelError } from "../ports.ts";
import { ConditionError } from "./round.ts";
import { RenderError } from "../sandbox/prompts.ts";
import { jsonOfDrawn } from "../seeds.ts";
import { runStep } from "./step.ts";
import type { JobContext } from "./job-context.ts";

/**
 * retryable: the outputs are unusable, and another attempt may do better. rejected: the record is complete, and one of the
 * template's conditions rejects it. failed: no attempt could do better. If no other attempt follows, `failed` is what the slot
 * becomes. suspended: the slot stays as it is until there is money or another worker.
 */
export type AttemptOutcome =
  | { readonly kind: "delivered"; readonly record: DeliveredRecord }
  | { readonly kind: "retryable" | "failed"; readonly failed: FailedRecord }
  | { readonly kind: "rejected"; readonly rejected: RejectedCandidate; readonly failed: FailedRecord }
  | { readonly kind: "suspended" };

/**
 * Resumes the slot; `open` keeps every answered call, so none is paid for twice. A step runs as soon as those it depends on are
 * done. `reservation` must hold at least remainingBoundNanos(template, open), or the slot is suspended.
 */
export async function runAttempt(
  jobContext: JobContext,
  callContext: CallContext,
  open: OpenSlot,
  reservation: Reservation,
): Promise<AttemptOutcome> {
  let seeds: Record<string, Drawn> = {};
  let context: AttemptContext | undefined;
  try {
    const { jobId, template } = jobContext;
    seeds = await jobContext.seeds.draw(template.pick, { jobId, slot: open.slot, attempt: open.attempt });
    context = new AttemptContext(jobContext, callContext, open, reservation, await inputsOf(jobContext, seeds));
    await context.draw();
    await runSteps(context);
    const made = await columnsFrom(context);
    const rejection = await rejectionOf(context, made);
    if (rejection !== undefined) return rejectedOutcome(rejection, open, made, seeds);
    const { columns, ...more } = made;
    return { kind: "delivered", record: { slot: open.slot, columns, meta: metaOf(open, seeds), ...more } };
  } catch (error) {
    if (error instanceof Stopped || error instanceof ReservationTooSmall) return { kind: "suspended" };
    const kind = failureKindOf(error);
    const reason = (error as Error).message.toWellFormed();
    const details = context?.failureDetailsOf(error);
    const { slot } = open;
    const meta = metaOf(open, seeds);
    return { kind, failed: { slot, reason, cause: causeOf(reason), ...(details && { details }), meta } };
  }
}

/** The reason: which condition is the first that the record does not meet. @throws RenderError */
async function rejectionOf(context: AttemptContext, made: RecordColumns): Promise<string | undefined> {
  const { accept, rows } = context.jobContext.template;
  if (!accept) return undefined;
  const columns = rows === undefined ? { record: made.columns } : { rows: columnsOfRows(made) };
  const it = context.itAfterSteps(JSON.stringify(columns).slice(1, -1));
  const condition = await context.jobContext.run((prompts) => prompts.rejectedBy(it, context.randomSeed("accept")));
  return condition && `${REJECTED_BY}${conditionTitle(condition)}.`;
}

function rejectedOutcome(
  reason: string,
  open: OpenSlot,
  made: RecordColumns,
  seeds: Readonly<Record<string, Drawn>>,
): AttemptOutcome {
  const { slot, attempt } = open;
  const cause = causeOf(reason);
  return {
    kind: "rejected",
    rejected: { slot, attempt, reason, cause, ...made, meta: metaOfAttempt(open, seeds) },
    failed: { slot, reason, cause, meta: metaOf(open, seeds) },
  };
}

/** @throws any unexpected error */
function failureKindOf(error: unknown): "retryable" | "failed" {
  if (error instanceof ModelError || error instanceof PlotPaletteError || error instanceof ConditionError)
    return "failed";
  if (error instanceof InvalidOutput || error instanceof RenderError) return "retryable";
  throw error;
}

/** Each step starts when all those it depends on are done. */
async function runSteps(context: AttemptContext): Promise<void> {
  const { jobContext, callContext } = context;
  const running = new Map<string, Promise<void>>();
  for (const step of jobContext.template.steps) {
    const dependencies = Promise.all(jobContext.dependenciesOf(step.id).map((id) => running.get(id)));
    running.set(
      step.id,
      dependencies.then(() => runStep(context, step)),
    );
  }
  const stop = () => context.cancel();
  callContext.stopping.addEventListener("abort", stop);
  try {
    await context.runConcurrently([...running.values()]);
  } finally {
    callContext.stopping.removeEventListener("abort", stop);
  }
}

/** Picks and parameters, as the members of a JSON object. */
async function inputsOf({ seeds, parameters }: JobContext, drawn: Readonly<Record<string, Drawn>>): Promise<string> {
  const members: string[] = [];
  for (const [name, draw] of Object.entries(drawn))
    members.push(`${JSON.stringify(name)}:${await jsonOfDrawn(seeds, draw)}`);
  if (parameters !== "") members.push(parameters);
  return members.join(",");
}

type RecordColumns = Pick<DeliveredRecord, "columns" | "moreRows">;

/** @throws RenderError also when the record has no row, or is too large with all its rows */
async function columnsFrom(context: AttemptContext): Promise<RecordColumns> {
  const { template } = context.jobContext;
  if (template.rows === undefined) {
    const { row } = await rowFrom(context, context.itAfterSteps(), context.randomSeed("record"));
    return { columns: row };
  }
  const items = await context.jobContext.run((prompts) =>
    prompts.rowItems(context.itAfterSteps(), context.randomSeed("rows")),
  );
  checkRowCount(items.length);
  const rows: Readonly<Record<string, unknown>>[] = [];
  let characters = 0;
  for (const [n, item] of items.entries()) {
    const it = context.itAfterSteps(`"row":${item},"index":${n}`);
    const { row, length } = await rowFrom(context, it, context.randomSeed("record", n));
    characters += length;
    checkSize(characters);
    rows.push(row);
  }
  const [columns = {}, ...moreRows] = rows;
  return { columns, moreRows };
}

function checkRowCount(rows: number): void {
  if (rows === 0) throw new RenderError('"rows" gave an empty list, but a record needs at least one row.');
  if (rows > MAX_ROWS) throw new RenderError(`"rows" gave ${rows} items, but a record has at most ${MAX_ROWS} rows.`);
}

function checkSize(characters: number): void {
  if (characters > MAX_RECORD_BYTES)
    throw new RenderError("The record is larger than 1 MB; give it fewer or shorter columns.");
}

/** The columns, and the length of their JSON text. */
async function rowFrom(context: AttemptContext, it: string, randomSeed: number) {
  const { template } = context.jobContext;
  const columns = await context.jobContext.run((prompts) => prompts.columns(it, randomSeed));
  const typed: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(columns))
    typed[name] = typedColumn(name, value, template.record?.[name]?.type);
  const text = JSON.stringify(typed);
  checkSize(text.length);
  return { row: wellFormed(typed, text), length: text.length };
}

function typedColumn(name: string, value: unknown, type: ColumnType | undefined): unknown {
  try {
    return coerce(value, type);
  } catch (error) {
    if (error instanceof RangeError)
      throw new RenderError(`The column "${name}" does not match its type: ${error.message}.`);
    throw error;
  }
}
