/** What must hold for a job at its end, whatever happened on the way. */
import { decodePart, partsOf, type Part } from "#core/shard/part";
import { recordId, type DeliveredRecord } from "#core/shard/record";
import { partObject } from "#core/bucket";
import { JOB, type World } from "../worker/world.ts";
import type { EventLog } from "./event-log.ts";
import { ANSWERS, worldOf, type ChaosJob } from "./job.ts";
import { failsAtFirst, recordsInTheEnd, type Plan } from "./plan.ts";

/** The broken invariants, one sentence each. */
export async function violationsOf(world: World, plan: Plan, eventLog: EventLog): Promise<string[]> {
  const { status, statusReason } = world.job;
  if (status !== "COMPLETED") return [`The job ended ${status} instead of COMPLETED. ${statusReason ?? ""}`];
  const records = recordsInTheEnd(plan);
  return [
    ...slotViolations(world, records),
    ...rejectionViolations(world, eventLog),
    ...(await datasetViolations(world, { records, isChoosy: plan.isChoosy, failsAtFirst: failsAtFirst(plan) })),
    ...moneyViolations(world, eventLog),
  ];
}

function partsIn(world: World): (Part | undefined)[] {
  return world.shards.flatMap(({ shardNo, partRanges }) =>
    [...partsOf(partRanges)].map(({ range, seq }) => readPart(world, partObject(JOB, shardNo, range, seq))),
  );
}

/** Each slot is filled by exactly one record. */
function slotViolations(world: World, records: number): string[] {
  const parts = partsIn(world);
  const made = parts.flatMap((part) => part?.delivered.map(({ slot }) => slot) ?? []);
  const failed = parts.flatMap((part) => part?.failed ?? []);
  const missing = Array.from({ length: records }, (_, slot) => slot).filter((slot) => !made.includes(slot));
  const twice = made.filter((slot, n) => made.indexOf(slot) !== n);
  return [
    ...(parts.includes(undefined) ? ["A checkpoint names a part that does not exist."] : []),
    ...(missing.length > 0 ? [`No record fills the slots ${missing.join(", ")}.`] : []),
    ...(twice.length > 0 ? [`The slots ${twice.join(", ")} are filled more than once.`] : []),
    ...failed.map(({ slot, reason }) => `Slot ${slot} failed: ${reason}`),
  ];
}

/**
 * Each rejected candidate is kept once, with its provenance, and a record counts all attempts before its own: the rejected ones,
 * and the one that failed if it was retried.
 */
function rejectionViolations(world: World, eventLog: EventLog): string[] {
  const parts = partsIn(world);
  const rejected = parts.flatMap((part) => part?.rejected ?? []);
  for (const { slot, attempt } of rejected)
    eventLog.count("candidate rejected", `slot ${slot}, attempt ${attempt + 1}`);
  const counted = world.shards.reduce((sum, shard) => sum + (shard.rejected ?? 0), 0);
  const attempts = world.shards.reduce((sum, shard) => sum + shard.attempts, 0);
  const made = parts.flatMap((part) => part?.delivered ?? []);
  const before = (slot: number) => rejected.filter((one) => one.slot === slot).map(({ attempt }) => attempt);
  const inconsistent = made.filter((record) => !countsAll(record, before(record.slot)));
  const lost = made.reduce((sum, { meta }) => sum + meta.attempts - 1, 0);
  const incomplete = rejected.filter(({ reason, meta }) => !reason || !meta.models.answer || !meta.seeds.movie);
  const exported = rejected.length > 0 ? world.lines("meta/rejected.jsonl").length : 0;
  return [
    ...(counted === rejected.length
      ? []
      : [`The shards count ${counted} rejections, the parts hold ${rejected.length}.`]),
    ...(exported === rejected.length
      ? []
      : [`meta/rejected.jsonl has ${exported} candidates, the parts ${rejected.length}.`]),
    ...(attempts === rejected.length + eventLog.retriedRecords + world.job.recordCount
      ? []
      : [`The shards count ${attempts} attempts.`]),
    ...(lost === rejected.length + eventLog.retriedRecords
      ? []
      : [`The records count ${lost} attempts before their own.`]),
    ...inconsistent.map(
      ({ slot, meta }) => `Slot ${slot} took ${meta.attempts} attempts; rejected were ${before(slot).join()}.`,
    ),
    ...incomplete.map(({ slot, attempt }) => `The candidate ${attempt} of slot ${slot} lacks its provenance.`),
  ];
}

/** Whether the attempts before a record's own are the rejected ones, except for one if it failed and was retried. */
function countsAll({ meta }: DeliveredRecord, rejected: readonly number[]): boolean {
  const before = Array.from({ length: meta.attempts - 1 }, (_, n) => n);
  const possible = [before, ...before.map((failed) => before.filter((attempt) => attempt !== failed))];
  return possible.some((attempts) => attempts.join() === rejected.join());
}

function readPart(world: World, name: string): Part | undefined {
  const text = world.objects.files.get(name);
  return text === undefined ? undefined : decodePart(text.toString());
}

/** All records in slot order, with their rows, byte-identical to those of a job without faults. */
async function datasetViolations(world: World, job: ChaosJob): Promise<string[]> {
  const lines = world.lines("dataset.jsonl");
  const expected = Array.from({ length: job.records }, (_, slot) => recordId(JOB, slot));
  const provenance = world.lines("meta/provenance.jsonl");
  const paidNanos = provenance.reduce((sum, { costNanos }) => sum + costNanos, 0);
  const isSame = world.file("dataset.csv").toString() === (await undisturbed(job));
  return [
    ...(provenance.map(({ id }) => id).join() === expected.join()
      ? []
      : ["The dataset's IDs are not those of the job's slots."]),
    ...(rowIdsAreInOrder(lines, expected) ? [] : ["The rows of a record are not all there, in order."]),
    ...(lines.every(({ _meta }) => _meta.seeds && _meta.models && _meta.attempts > 0)
      ? []
      : ["A record lacks its provenance."]),
    ...(paidNanos <= world.spentNanos
      ? []
      : [`The records cost ${paidNanos}, but the shards spent only ${world.spentNanos}.`]),
    ...(isSame ? [] : ["The dataset differs from that of a job without faults."]),
  ];
}

/** A record is a row, or has the rows `ID-1`, `ID-2` and so on. */
function rowIdsAreInOrder(lines: readonly { readonly id: string }[], records: readonly string[]): boolean {
  const idsOf = new Map<string, string[]>();
  for (const { id } of lines) {
    const [record = ""] = id.split("-");
    idsOf.set(record, [...(idsOf.get(record) ?? []), id]);
  }
  return records.every((record) => {
    const ids = idsOf.get(record) ?? [];
    return ids.length > 0 && (ids[0] === record || ids.every((id, n) => id === `${record}-${n + 1}`));
  });
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

function moneyViolations(world: World, eventLog: EventLog): string[] {
  const { loggedNanos, spentNanos, accountedNanos, budget } = world;
  const { budgetNanos, writtenOffNanos } = budget;
  const usedNanos = spentNanos + writtenOffNanos;
  const shardsWroteOff = world.shards.reduce((sum, shard) => sum + shard.writtenOffNanos, 0);
  const isExact = loggedNanos === spentNanos && writtenOffNanos === 0;
  const unbalanced = world.shards.filter(
    ({ spending, spentNanos }) => spending.reduce((sum, { costNanos }) => sum + costNanos, 0) !== spentNanos,
  );
  return [
    ...unbalanced.map(
      ({ shardNo }) => `Shard ${shardNo}'s spending by step, model and day does not add up to its total.`,
    ),
    ...(loggedNanos <= usedNanos
      ? []
      : [`The models' log totals ${loggedNanos}, spend and write-offs only ${usedNanos}.`]),
    ...(usedNanos <= budgetNanos ? [] : [`Spend and write-offs are ${usedNanos}, over the budget of ${budgetNanos}.`]),
    ...(accountedNanos === budgetNanos ? [] : [`${accountedNanos} of the budget of ${budgetNanos} is accounted for.`]),
    ...(shardsWroteOff === writtenOffNanos
      ? []
      : [`The shards wrote off ${shardsWroteOff}, the budget ${writtenOffNanos}.`]),
    ...(world.shards.every(({ grantNanos }) => grantNanos === 0) ? [] : ["A shard still holds a grant."]),
    ...(eventLog.hasLosses || isExact
      ? []
      : [
          `Nothing was lost, but the log totals ${loggedNanos}, the shards ${spentNanos}, and ${writtenOffNanos} was written off.`,
        ]),
  ];
}
