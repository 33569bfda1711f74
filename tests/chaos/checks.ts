/** What must be true of a job at its end, whatever happened on the way. */
import { decodePart, partsOf, type Part } from "#core/shard/part";
import { recordId, type DeliveredRecord } from "#core/shard/record";
import { partObject } from "#core/bucket";
import { JOB, type World } from "../worker/world.ts";
import type { Diary } from "./diary.ts";
import { ANSWERS, worldOf, type ChaosJob } from "./job.ts";
import { failsAtFirst, recordsInTheEnd, type Plan } from "./plan.ts";

/** The promises that were broken, in sentences. */
export async function faultsOf(world: World, plan: Plan, diary: Diary): Promise<string[]> {
  const { status, statusReason } = world.job;
  if (status !== "COMPLETED") return [`The job ended ${status} instead of COMPLETED. ${statusReason ?? ""}`];
  const records = recordsInTheEnd(plan);
  return [
    ...slotFaults(world, records),
    ...refusalFaults(world, diary),
    ...(await datasetFaults(world, { records, isChoosy: plan.isChoosy, failsAtFirst: failsAtFirst(plan) })),
    ...moneyFaults(world, diary),
  ];
}

function partsIn(world: World): (Part | undefined)[] {
  return world.shards.flatMap(({ shardNo, partRanges }) =>
    [...partsOf(partRanges)].map(({ range, seq }) => readPart(world, partObject(JOB, shardNo, range, seq))),
  );
}

/** Each slot stands in one part, once. */
function slotFaults(world: World, records: number): string[] {
  const parts = partsIn(world);
  const made = parts.flatMap((part) => part?.delivered.map(({ slot }) => slot) ?? []);
  const failed = parts.flatMap((part) => part?.failed ?? []);
  const missing = Array.from({ length: records }, (_, slot) => slot).filter((slot) => !made.includes(slot));
  const twice = made.filter((slot, n) => made.indexOf(slot) !== n);
  return [
    ...(parts.includes(undefined) ? ["A checkpoint names a part that does not exist."] : []),
    ...(missing.length > 0 ? [`No record fills the slots ${missing.join(", ")}.`] : []),
    ...(twice.length > 0 ? [`The slots ${twice.join(", ")} are filled more than once.`] : []),
    ...failed.map(({ slot, reason }) => `Slot ${slot} was given up: ${reason}`),
  ];
}

/**
 * Each candidate that was rejected is kept once, with its provenance, and a record tells of all attempts that came before it:
 * those, and the one at which it was given up if it was tried again.
 */
function refusalFaults(world: World, diary: Diary): string[] {
  const parts = partsIn(world);
  const rejected = parts.flatMap((part) => part?.rejected ?? []);
  for (const { slot, attempt } of rejected) diary.count("candidate rejected", `slot ${slot}, attempt ${attempt + 1}`);
  const counted = world.shards.reduce((sum, shard) => sum + (shard.rejected ?? 0), 0);
  const attempts = world.shards.reduce((sum, shard) => sum + shard.attempts, 0);
  const made = parts.flatMap((part) => part?.delivered ?? []);
  const before = (slot: number) => rejected.filter((one) => one.slot === slot).map(({ attempt }) => attempt);
  const odd = made.filter((record) => !tellsAll(record, before(record.slot)));
  const lost = made.reduce((sum, { meta }) => sum + meta.attempts - 1, 0);
  const bare = rejected.filter(({ reason, meta }) => !reason || !meta.models.answer || !meta.seeds.movie);
  const told = rejected.length > 0 ? world.lines("rejected.jsonl").length : 0;
  return [
    ...(counted === rejected.length
      ? []
      : [`The shards count ${counted} refusals, the parts hold ${rejected.length}.`]),
    ...(told === rejected.length ? [] : [`rejected.jsonl holds ${told} candidates, the parts ${rejected.length}.`]),
    ...(attempts === rejected.length + diary.triedRecords + world.job.recordCount
      ? []
      : [`The shards count ${attempts} attempts.`]),
    ...(lost === rejected.length + diary.triedRecords ? [] : [`The records tell of ${lost} attempts before theirs.`]),
    ...odd.map(
      ({ slot, meta }) => `Slot ${slot} took ${meta.attempts} attempts; rejected were ${before(slot).join()}.`,
    ),
    ...bare.map(({ slot, attempt }) => `The candidate ${attempt} of slot ${slot} lacks its provenance.`),
  ];
}

/** Whether the attempts before a record's own are those that were rejected, but for one if it was given up and tried again. */
function tellsAll({ meta }: DeliveredRecord, rejected: readonly number[]): boolean {
  const before = Array.from({ length: meta.attempts - 1 }, (_, n) => n);
  const ways = [before, ...before.map((givenUp) => before.filter((attempt) => attempt !== givenUp))];
  return ways.some((way) => way.join() === rejected.join());
}

function readPart(world: World, name: string): Part | undefined {
  const text = world.objects.files.get(name);
  return text === undefined ? undefined : decodePart(text.toString());
}

/** All records in the order of their slots, with the very bytes that a job without faults makes. */
async function datasetFaults(world: World, job: ChaosJob): Promise<string[]> {
  const lines = world.lines("dataset.jsonl");
  const expected = Array.from({ length: job.records }, (_, slot) => recordId(JOB, slot));
  const paidNanos = lines.reduce((sum, { _meta }) => sum + _meta.costNanos, 0);
  const isSame = world.file("dataset.csv").toString() === (await undisturbed(job));
  return [
    ...(lines.map(({ id }) => id).join() === expected.join()
      ? []
      : ["The ids of the dataset are not those of the job's slots."]),
    ...(lines.every(({ _meta }) => _meta.seeds && _meta.models && _meta.attempts > 0)
      ? []
      : ["A record lacks its provenance."]),
    ...(paidNanos <= world.spentNanos
      ? []
      : [`The records say they cost ${paidNanos}, the shards ${world.spentNanos}.`]),
    ...(isSame ? [] : ["The dataset differs from the one of a job without faults."]),
  ];
}

const made = new Map<string, Promise<string>>();

async function undisturbed(job: ChaosJob): Promise<string> {
  const name = JSON.stringify(job);
  const known = made.get(name) ?? makeUndisturbed(job);
  made.set(name, known);
  return await known;
}

async function makeUndisturbed(job: ChaosJob): Promise<string> {
  const world = worldOf(job);
  await world.work();
  if (world.shards.some(({ failed }) => failed > 0)) {
    world.model.behaviour = ANSWERS;
    world.retryFailed();
    await world.work();
  }
  return world.file("dataset.csv").toString();
}

function moneyFaults(world: World, diary: Diary): string[] {
  const { loggedNanos, spentNanos, accountedNanos, budget } = world;
  const { budgetNanos, writtenOffNanos } = budget;
  const usedNanos = spentNanos + writtenOffNanos;
  const shardsWroteOff = world.shards.reduce((sum, shard) => sum + shard.writtenOffNanos, 0);
  const isExact = loggedNanos === spentNanos && writtenOffNanos === 0;
  const unfounded = world.shards.filter(
    ({ spending, spentNanos }) => spending.reduce((sum, { costNanos }) => sum + costNanos, 0) !== spentNanos,
  );
  return [
    ...unfounded.map(({ shardNo }) => `What shard ${shardNo} spent by step, model and day is not what it spent.`),
    ...(loggedNanos <= usedNanos
      ? []
      : [`The models' log says ${loggedNanos}, spend and write-offs are ${usedNanos}.`]),
    ...(usedNanos <= budgetNanos ? [] : [`Spend and write-offs are ${usedNanos}, the budget is ${budgetNanos}.`]),
    ...(accountedNanos === budgetNanos ? [] : [`${accountedNanos} of the budget of ${budgetNanos} is accounted for.`]),
    ...(shardsWroteOff === writtenOffNanos
      ? []
      : [`The shards wrote off ${shardsWroteOff}, the budget ${writtenOffNanos}.`]),
    ...(world.shards.every(({ grantNanos }) => grantNanos === 0) ? [] : ["A shard still holds a grant."]),
    ...(diary.hasLosses || isExact
      ? []
      : [
          `Nothing was lost, but the log says ${loggedNanos}, the shards ${spentNanos}, written off are ${writtenOffNanos}.`,
        ]),
  ];
}
