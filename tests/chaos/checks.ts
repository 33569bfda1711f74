/** What must be true of a job at its end, whatever happened on the way. */
import { decodePart, partsOf, type Part } from "#core/part";
import { recordId } from "#core/record";
import { partObject } from "#core/rows";
import { JOB, type World } from "../worker/world.ts";
import type { Diary } from "./diary.ts";
import { worldOf } from "./job.ts";
import { recordsInTheEnd, type Plan } from "./plan.ts";

/** The promises that were broken, in sentences. */
export async function faultsOf(world: World, plan: Plan, diary: Diary): Promise<string[]> {
  const { status, statusReason } = world.job;
  if (status !== "COMPLETED") return [`The job ended ${status} instead of COMPLETED. ${statusReason ?? ""}`];
  const records = recordsInTheEnd(plan);
  return [...slotFaults(world, records), ...(await datasetFaults(world, records)), ...moneyFaults(world, diary)];
}

/** Each slot stands in one part, once. */
function slotFaults(world: World, records: number): string[] {
  const parts = world.shards.flatMap(({ shardNo, runs }) =>
    [...partsOf(runs)].map(({ run, seq }) => readPart(world, partObject(JOB, shardNo, run, seq))),
  );
  const made = parts.flatMap((part) => part?.made.map(({ slot }) => slot) ?? []);
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

function readPart(world: World, name: string): Part | undefined {
  const text = world.objects.files.get(name);
  return text === undefined ? undefined : decodePart(text.toString());
}

/** All records in the order of their slots, with the very bytes that a job without faults makes. */
async function datasetFaults(world: World, records: number): Promise<string[]> {
  const lines = world.lines("dataset.jsonl");
  const expected = Array.from({ length: records }, (_, slot) => recordId(JOB, slot));
  const paidNanos = lines.reduce((sum, { _meta }) => sum + _meta.costNanos, 0);
  const isSame = world.file("dataset.csv").toString() === (await undisturbed(records));
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

const made = new Map<number, Promise<string>>();

async function undisturbed(records: number): Promise<string> {
  const known = made.get(records) ?? makeUndisturbed(records);
  made.set(records, known);
  return await known;
}

async function makeUndisturbed(records: number): Promise<string> {
  const world = worldOf({ records });
  await world.work();
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
