/** One attempt at one slot: pick → render → generate → validate, step by step → accept, and the record that comes of it. */
import type { Reservation } from "#core/money/budget";
import { causeOf } from "#core/shard/causes";
import { coerce } from "#core/dataset/columns";
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
import { conditionTitle, type ColumnType } from "#core/template/template";
import { ReservationTooSmall, Stopped, type CallContext } from "../calls/call.ts";
import { AttemptContext } from "./attempt-context.ts";
import { InvalidOutput } from "./output-validator.ts";
import { ModelError } from "../ports.ts";
import { ConditionError } from "./round.ts";
import { RenderError } from "../sandbox/prompts.ts";
import { doStep } from "./step.ts";
import type { JobContext } from "./job-context.ts";

/**
 * again: the outputs could not be used, another attempt may do better. rejected: the record is whole, and a condition of the
 * template does not accept it. given up: no attempt could do better. Should no other follow, `failed` is what the slot becomes.
 * waiting: the slot stays as it is, until there is money or another worker.
 */
export type AttemptEnd =
  | { readonly end: "made"; readonly record: DeliveredRecord }
  | { readonly end: "again" | "given up"; readonly failed: FailedRecord }
  | { readonly end: "rejected"; readonly rejected: RejectedCandidate; readonly failed: FailedRecord }
  | { readonly end: "waiting" };

/**
 * Goes on with the slot where it stands; `open` keeps every answered call, so none is paid twice. Steps run as soon as those
 * they wait for are done. `reservation` must hold restBoundNanos(template, open) at least, else the slot waits.
 */
export async function runAttempt(
  shop: JobContext,
  context: CallContext,
  open: OpenSlot,
  reservation: Reservation,
): Promise<AttemptEnd> {
  let seeds: Record<string, Drawn> = {};
  let making: AttemptContext | undefined;
  try {
    seeds = await shop.seeds.draw(shop.template.pick, { jobId: shop.jobId, slot: open.slot, attempt: open.attempt });
    making = new AttemptContext(shop, context, open, reservation, await givenBy(shop, seeds));
    await doSteps(making);
    const columns = await columnsFrom(making);
    const rejection = await rejectionOf(making, columns);
    if (rejection !== undefined) return rejectedBy(rejection, open, columns, seeds);
    return { end: "made", record: { slot: open.slot, columns, meta: metaOf(open, seeds) } };
  } catch (error) {
    if (error instanceof Stopped || error instanceof ReservationTooSmall) return { end: "waiting" };
    const end = endOf(error);
    const reason = (error as Error).message;
    const evidence = making?.failureDetailsOf(error);
    const { slot } = open;
    const meta = metaOf(open, seeds);
    return { end, failed: { slot, reason, cause: causeOf(reason), ...(evidence && { details: evidence }), meta } };
  }
}

/** The sentence on the first condition that the record does not meet. @throws RenderError */
async function rejectionOf(
  making: AttemptContext,
  columns: Readonly<Record<string, unknown>>,
): Promise<string | undefined> {
  if (!making.jobContext.template.accept) return undefined;
  const it = making.itForAccept(columns);
  const condition = await making.jobContext.run((prompts) => prompts.rejectedBy(it, making.randomSeed("accept")));
  return condition && `The condition ${conditionTitle(condition)} does not hold.`;
}

function rejectedBy(
  reason: string,
  open: OpenSlot,
  columns: Readonly<Record<string, unknown>>,
  seeds: Readonly<Record<string, Drawn>>,
): AttemptEnd {
  const { slot, attempt } = open;
  const cause = causeOf(reason);
  return {
    end: "rejected",
    rejected: { slot, attempt, reason, cause, columns, meta: metaOfAttempt(open, seeds) },
    failed: { slot, reason, cause, meta: metaOf(open, seeds) },
  };
}

/** @throws what nobody expected */
function endOf(error: unknown): "again" | "given up" {
  if (error instanceof ModelError || error instanceof PlotPaletteError || error instanceof ConditionError)
    return "given up";
  if (error instanceof InvalidOutput || error instanceof RenderError) return "again";
  throw error;
}

/** Each step begins when all that it waits for are done. */
async function doSteps(making: AttemptContext): Promise<void> {
  const { jobContext, callContext } = making;
  const ends = new Map<string, Promise<void>>();
  for (const step of jobContext.template.steps) {
    const before = Promise.all(jobContext.after(step.id).map((id) => ends.get(id)));
    ends.set(
      step.id,
      before.then(() => doStep(making, step)),
    );
  }
  const stop = () => making.cancel();
  callContext.stopping.addEventListener("abort", stop);
  try {
    await making.runConcurrently([...ends.values()]);
  } finally {
    callContext.stopping.removeEventListener("abort", stop);
  }
}

/** Picks and parameters, as the inside of a JSON object. */
async function givenBy({ seeds, parameters }: JobContext, drawn: Readonly<Record<string, Drawn>>): Promise<string> {
  const members: string[] = [];
  for (const [name, draw] of Object.entries(drawn))
    members.push(`${JSON.stringify(name)}:${await itemsOf(seeds, draw)}`);
  if (parameters !== "") members.push(parameters);
  return members.join(",");
}

async function itemsOf(seeds: JobContext["seeds"], drawn: Drawn): Promise<string> {
  const { collection } = drawn;
  if ("item" in drawn) return await seeds.item(drawn);
  return `[${(await Promise.all(drawn.items.map((item) => seeds.item({ collection, item })))).join(",")}]`;
}

async function columnsFrom(making: AttemptContext): Promise<Record<string, unknown>> {
  const { template } = making.jobContext;
  const columns = await making.jobContext.run((prompts) =>
    prompts.columns(making.itForColumns(), making.randomSeed("record")),
  );
  const typed: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(columns))
    typed[name] = typedColumn(name, value, template.record?.[name]?.type);
  if (JSON.stringify(typed).length > MAX_RECORD_BYTES)
    throw new RenderError("The record is larger than a megabyte; give it fewer columns.");
  return typed;
}

function typedColumn(name: string, value: unknown, type: ColumnType | undefined): unknown {
  try {
    return coerce(value, type);
  } catch (error) {
    if (error instanceof RangeError)
      throw new RenderError(`The column "${name}" does not fit its type: ${error.message}.`);
    throw error;
  }
}
