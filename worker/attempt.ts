/** One attempt at one slot: pick → render → generate → validate, step by step, and the record that comes of it. */
import { coerce } from "#core/columns";
import type { Nanos } from "#core/money";
import { pickSeeds, type Picked } from "#core/pick";
import { hashOf } from "#core/random";
import type { Reservation } from "#core/budget";
import { MAX_RECORD_BYTES, metaOf, type FailedRecord, type MadeRecord, type OpenSlot } from "#core/record";
import { parametersOf, stepBoundNanos, type Step, type Template } from "#core/template";
import { callModel, NotCovered, Stopped, type CallContext } from "./call.ts";
import { BadOutput, type Outputs } from "./outputs.ts";
import { ModelFault } from "./ports.ts";
import { RenderFault, type Prompts } from "./sandbox/prompts.ts";
import type { Sandbox } from "./sandbox/sandbox.ts";
import type { Seeds } from "./seeds.ts";

/** What all slots of a job are made with. */
export interface Workshop {
  readonly jobId: string;
  readonly template: Template;
  readonly seeds: Seeds;
  readonly sandbox: Sandbox;
  readonly prompts: Prompts;
  readonly outputs: Outputs;
}

/**
 * again: the outputs could not be used, another attempt may do better. given up: no attempt could.
 * waiting: the slot stays as it is, until there is money or another worker.
 */
export type AttemptEnd =
  | { readonly end: "made"; readonly record: MadeRecord }
  | { readonly end: "again" | "given up"; readonly failed: FailedRecord }
  | { readonly end: "waiting" };

/** Goes on with the slot where it stands; `open` keeps every finished step, so none is paid twice. */
export async function attempt(
  shop: Workshop,
  context: CallContext,
  open: OpenSlot,
  reservation: Reservation,
): Promise<AttemptEnd> {
  const { slot, attempt } = open;
  const seeds = pickSeeds(shop.template.pick, shop.seeds.itemCounts, { jobId: shop.jobId, slot, attempt });
  try {
    const base = await itFrom(shop, seeds);
    for (const step of shop.template.steps) {
      if (open.steps[step.id]) continue;
      open.steps[step.id] = await doStep(shop, context, { step, it: withSteps(base, open), open, reservation });
      context.progressed();
    }
    await shop.sandbox.ready();
    return {
      end: "made",
      record: { slot, columns: columnsFrom(shop, withSteps(base, open), open), meta: metaOf(open, seeds) },
    };
  } catch (error) {
    if (error instanceof Stopped || error instanceof NotCovered) return { end: "waiting" };
    const failed = (reason: string) => ({ slot, reason, meta: metaOf(open, seeds) });
    if (error instanceof ModelFault) return { end: "given up", failed: failed(error.message) };
    if (error instanceof BadOutput || error instanceof RenderFault)
      return { end: "again", failed: failed(error.message) };
    throw error;
  }
}

/** The worst case of what is left of an attempt. */
export function restBoundNanos(template: Template, open: OpenSlot): Nanos {
  return template.steps.reduce((sum, step) => (open.steps[step.id] ? sum : sum + stepBoundNanos(step)), 0);
}

async function doStep(
  shop: Workshop,
  context: CallContext,
  { step, it, open, reservation }: { step: Step; it: string; open: OpenSlot; reservation: Reservation },
) {
  const chance = hashOf(shop.jobId, open.slot, open.attempt, step.id);
  // Another record's template may just have broken the sandbox.
  await shop.sandbox.ready();
  if (!shop.prompts.applies(step.id, it, chance))
    return { output: null, inputTokens: 0, outputTokens: 0, costNanos: 0 };
  const rendered = shop.prompts.render(step.id, it, chance);
  const call = { step, rendered, reservation, open, restBoundNanos: restBoundNanos(shop.template, open) };
  const { answer, done } = await callModel(context, call);
  await shop.sandbox.ready();
  return { output: shop.outputs.read(step, answer), ...done };
}

/** `it` without its steps, as the inside of a JSON object. */
async function itFrom({ template, seeds }: Workshop, picked: Readonly<Record<string, Picked>>): Promise<string> {
  const items = await Promise.all(
    Object.entries(picked).map(async ([name, pick]) => `${JSON.stringify(name)}:${await seeds.item(pick)}`),
  );
  const parameters = Object.entries(parametersOf(template)).map(
    ([name, value]) => `${JSON.stringify(name)}:${JSON.stringify(value)}`,
  );
  return [...items, ...parameters].join(",");
}

function withSteps(base: string, open: OpenSlot): string {
  const steps = Object.fromEntries(Object.entries(open.steps).map(([id, { output }]) => [id, { output }]));
  return `{${base}${base && ","}"steps":${JSON.stringify(steps)}}`;
}

function columnsFrom(shop: Workshop, it: string, open: OpenSlot): Record<string, unknown> {
  const chance = hashOf(shop.jobId, open.slot, open.attempt);
  const columns = shop.prompts.columns(it, chance);
  const record = shop.template.record ?? {};
  const typed = Object.fromEntries(
    Object.entries(columns).map(([name, value]) => [name, typedColumn(name, value, record[name]?.type)]),
  );
  if (JSON.stringify(typed).length > MAX_RECORD_BYTES)
    throw new RenderFault("The record is larger than a megabyte; give it fewer columns.");
  return typed;
}

function typedColumn(name: string, value: unknown, type: Parameters<typeof coerce>[1]): unknown {
  try {
    return coerce(value, type);
  } catch (error) {
    if (error instanceof RangeError)
      throw new RenderFault(`The column "${name}" does not fit its type: ${error.message}.`);
    throw error;
  }
}
