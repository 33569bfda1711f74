import { newOpenSlot, type DeliveredRecord } from "#core/shard/record";
import { GrantAccount } from "#core/money/budget";
import { inferType } from "#core/dataset/columns";
import { seedBlockObject, seedIndexObject } from "#core/bucket";
import { CollectionBlocks } from "#core/seeds/blocks";
import { columnsOf, type Template } from "#core/template/template";
import { boundOf } from "#core/template/bound";
import { parseTemplate } from "#core/template/parse";
import { sampleService } from "../../local/bedrock/sample-service.ts";
import { answerOf, inputOf } from "../../worker/adapters/bedrock-model.ts";
import { runAttempt } from "../../worker/record/attempt.ts";
import { ConditionVariable } from "../../worker/condition-variable.ts";
import type { CallContext } from "../../worker/calls/call.ts";
import { ConcurrencyLimiter } from "../../worker/calls/concurrency-limiter.ts";
import type { ModelClient } from "../../worker/ports.ts";
import { ModelCooldowns } from "../../worker/calls/model-cooldowns.ts";
import { ModelPaces } from "../../worker/calls/model-paces.ts";
import { Seeds } from "../../worker/seeds.ts";
import { JobContext } from "../../worker/record/job-context.ts";
import { itemsOf, readSamples, type Sample } from "./bundled.ts";

const RECORDS = 20;
const PLACE = { owner: "samples", seedSetId: "S" };

const samples = await readSamples();

it.each(samples.map((sample) => [sample.template.id, sample] as const))(
  "generates 20 records of %s, although three of ten JSON answers are corrupted",
  async (_, sample) => {
    const template = parseTemplate(sample.template.source);
    const shop = await JobContext.open({ jobId: "J", template, partials: {}, seeds: await seedsOf(sample) });
    const records: DeliveredRecord[] = [];
    for (let slot = 0; slot < RECORDS; slot++) records.push(await made(shop, slot));
    for (const { columns, meta } of records) {
      expect(Object.keys(columns)).toEqual(columnsOf(template));
      expect(misfits(template, columns)).toEqual([]);
      expect(columns).toMatchObject(modelColumns(template, meta));
    }
    // Another attempt may draw what another record has, and the built-in model answers the same twice.
    expect(new Set(records.map(({ columns }) => JSON.stringify(columns))).size).toBeGreaterThan(RECORDS / 2);
  },
);

it("three samples have columns with the models of their steps, seven in total", () => {
  const named = samples.map(({ template: { source } }) =>
    Object.keys(modelColumns(parseTemplate(source), { models: {} })),
  );
  expect(named.filter((columns) => columns.length > 0)).toHaveLength(3);
  expect(named.flat()).toHaveLength(7);
});

async function made(shop: JobContext, slot: number): Promise<DeliveredRecord> {
  const reasons: string[] = [];
  for (let tried = 0; tried < shop.template.maxAttempts; tried++) {
    const purse = new GrantAccount();
    const { costNanos } = boundOf(shop.template);
    purse.grant(costNanos);
    const reservation = purse.reserve(costNanos);
    if (!reservation) throw new Error("The purse is too small.");
    const end = await runAttempt(shop, context(), { ...newOpenSlot(slot), attempt: tried }, reservation);
    if (end.kind === "delivered") return end.record;
    reasons.push(end.kind === "suspended" ? "it waits" : end.failed.reason);
  }
  throw new Error(`Record ${slot} was not made: ${reasons.join(" / ")}`);
}

const MODEL_OF = /^it\.steps\.(\w+)\.modelId( \?\? "")?$/;

/** The columns that name the model of a step, as the record's provenance has it. */
function modelColumns(
  { record = {} }: Template,
  { models }: Pick<DeliveredRecord["meta"], "models">,
): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(record).flatMap(([name, { value }]) => {
      const [, step, orEmpty] = MODEL_OF.exec(value) ?? [];
      return step === undefined ? [] : [[name, models[step] ?? (orEmpty ? "" : null)]];
    }),
  );
}

/** Columns whose values are not of the type that the template declares. */
function misfits({ record = {} }: Template, columns: Readonly<Record<string, unknown>>): string[] {
  return Object.entries(record).flatMap(([name, { type }]) => {
    const value = columns[name];
    const kind = inferType(value);
    const fits = type === undefined || type === "json" || kind === type || (type === "number" && kind === "integer");
    return fits ? [] : [`${name} is ${JSON.stringify(value)}, not ${type}`];
  });
}

/** The sample's seeds as a worker reads them. */
async function seedsOf({ seedSet }: Sample): Promise<Seeds> {
  const objects = new Map<string, string>();
  const collections: Record<string, object> = {};
  for (const [name, items] of Object.entries(await itemsOf(seedSet))) {
    const collection = new CollectionBlocks();
    for (const item of items) collection.add(item);
    const block = collection.finish();
    if (block)
      objects.set(
        seedBlockObject(PLACE.owner, PLACE.seedSetId, name, block.number),
        Buffer.from(block.bytes).toString(),
      );
    collections[name] = { itemCount: collection.itemCount, blocks: collection.blocks };
  }
  objects.set(seedIndexObject(PLACE.owner, PLACE.seedSetId), JSON.stringify({ collections }));
  return Seeds.open({ read: async (name) => objects.get(name) ?? fail(name) }, PLACE);
}

function fail(name: string): never {
  throw new Error(`There is no object ${name}.`);
}

const service = sampleService({ latencyMs: 0, jitterMs: 0, badJsonRate: 0.3 });

/** The built-in model, asked as Bedrock is. */
const model: ModelClient = {
  converse: async (request) => {
    const { modelId, ...input } = inputOf(request);
    const call = {
      modelId: modelId ?? "",
      request: input as any,
      isStreamed: false,
      signal: new AbortController().signal,
    };
    const { content, stopReason, usage } = await service.model(call);
    return answerOf({ output: { message: { role: "assistant", content: content as any } }, stopReason, usage } as any);
  },
};

function context(): CallContext {
  const never = new AbortController().signal;
  return {
    ports: { model, clock: realClock, random: () => 0.5 },
    limiter: new ConcurrencyLimiter({ maxCalls: 4, clock: realClock, changed: new ConditionVariable() }),
    cooldowns: new ModelCooldowns(),
    maxCallAttempts: 20,
    paces: new ModelPaces(),
    aborting: never,
    stopping: never,
    untilLeaseFresh: async () => {},
    onCharged: () => {},
    onProgress: () => {},
  };
}

const realClock = {
  nowMs: () => Date.now(),
  monotonicMs: () => performance.now(),
  after: (ms: number, action: () => void) => {
    const timer = setTimeout(action, ms);
    return () => clearTimeout(timer);
  },
};
