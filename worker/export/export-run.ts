/** The export shard: leased, fenced and restarted like any other, until its dataset is published with the job's last status. */
import type { Outcome } from "#core/job/job";
import { PlotPaletteError } from "#core/errors";
import { createExportShard, releaseExport, failExport, publishDataset } from "#core/job/ending";
import { exportKey } from "#core/keys";
import type { JobRow } from "#core/job/job-row";
import type { ShardRow } from "#core/shard/shard-row";
import {
  fenceExpiredLease,
  crashesAtTakeover,
  FAIL_EXPORT_AFTER_CRASHES,
  isLeased,
  leaseShard,
  renewLease,
} from "#core/shard/lease";
import type { Template } from "#core/template/template";
import { applyChange } from "../apply-change.ts";
import { exportDataset } from "./export.ts";
import { sleep, type Ports, type Settings } from "../ports.ts";

const POLL_MS = 500;

export interface ExportContext {
  readonly ports: Ports;
  readonly settings: Settings;
  readonly job: JobRow;
  /** EXPORTING carries how the job ends. */
  readonly outcome: Outcome;
  readonly template: Template;
  /** The template's text; absent when it is gone. */
  readonly source?: string;
  readShards(): Promise<ShardRow[]>;
  /** The worker has to go. */
  readonly signal: AbortSignal;
}

/** published: the job is at rest. busy: another worker exports. stopped: the next worker begins again. */
export type ExportEnd = "published" | "busy" | "stopped";

export async function runExport(context: ExportContext): Promise<ExportEnd> {
  const { ports, settings, job, signal } = context;
  const shards = await closeShards(context);
  if (!shards) return "stopped";
  const row = await exportShard(context);
  if (isLeased(row, ports.clock.nowMs())) return "busy";
  const holder = { task: settings.task, nowMs: ports.clock.nowMs(), leaseMs: settings.leaseMs };
  const { change, leased } = leaseShard(row, job, holder);
  if (!(await applyChange(ports, change))) return "busy";
  if (crashesAtTakeover(row) >= FAIL_EXPORT_AFTER_CRASHES) return await giveUp(context, leased, TOO_MANY_DEATHS);
  const { dataset, lost, hopeless } = await exportUnderLease(context, leased, shards);
  if (hopeless) return await giveUp(context, leased, hopeless);
  if (lost) return "busy";
  if (!dataset) {
    await applyChange(ports, releaseExport(leased));
    return signal.aborted ? "stopped" : "busy";
  }
  const published = await applyChange(ports, publishDataset(job, leased, context.outcome, dataset, iso(ports)));
  return published ? "published" : "busy";
}

/**
 * Waits until nobody holds a shard. A worker that lives hears of the ending, flushes what it has and gives its lease back, so
 * nothing paid for is lost; a lease that runs out is closed, and its grant written off. No lease can begin any more, because
 * leasing demands that the job is RUNNING; so the shards stay as they are: PARKED and OPEN ones go on if the job is resumed
 * (only BUDGET_EXCEEDED can be), and are never touched again if it was cancelled or has failed.
 */
async function closeShards({ ports, readShards, job, signal }: ExportContext): Promise<ShardRow[] | undefined> {
  while (!signal.aborted) {
    const shards = await readShards();
    const taken = shards.filter(({ state, leaseTask }) => state !== "DONE" && leaseTask !== undefined);
    if (taken.length === 0) return shards;
    for (const shard of taken)
      if (!isLeased(shard, ports.clock.nowMs())) await applyChange(ports, fenceExpiredLease(shard, job));
    if (taken.some((shard) => isLeased(shard, ports.clock.nowMs()))) await sleep(ports.clock, POLL_MS, signal);
  }
  return undefined;
}

async function exportShard({ ports, job }: ExportContext): Promise<ShardRow> {
  const known = await ports.store.read(exportKey(job.jobId));
  if (known) return known as ShardRow;
  await applyChange(ports, createExportShard(job));
  return (await ports.store.read(exportKey(job.jobId))) as ShardRow;
}

/** Exports while the lease is renewed beside it. No dataset: the worker had to go, lost the lease, or no other could do better. */
async function exportUnderLease(
  { ports, settings, job, outcome, template, source, signal }: ExportContext,
  leased: ShardRow,
  shards: ShardRow[],
) {
  const ending = new AbortController();
  const end = () => ending.abort();
  signal.addEventListener("abort", end);
  let lost = false;
  const renewing = renewUntil(ending.signal, { ports, settings }, leased).catch(() => {
    lost = true;
    end();
  });
  try {
    const order = {
      objects: ports.objects,
      job,
      outcome,
      template,
      source,
      shards,
      generation: leased.generation,
      signal: ending.signal,
    };
    return { dataset: await exportDataset(order), lost: false };
  } catch (error) {
    if (error instanceof PlotPaletteError) return { hopeless: error.message, lost };
    if (!ending.signal.aborted) throw error;
    return { lost };
  } finally {
    signal.removeEventListener("abort", end);
    end();
    await renewing;
  }
}

/** @throws when the lease could not be renewed */
async function renewUntil(
  signal: AbortSignal,
  { ports, settings }: Pick<ExportContext, "ports" | "settings">,
  leased: ShardRow,
): Promise<void> {
  for (;;) {
    await sleep(ports.clock, settings.leaseMs / 4, signal);
    if (signal.aborted) return;
    const kept = await applyChange(ports, renewLease(leased, ports.clock.nowMs() + settings.leaseMs));
    if (!kept) throw new Error("The export's lease was lost.");
  }
}

const TOO_MANY_DEATHS = `Writing the dataset stopped the worker ${FAIL_EXPORT_AFTER_CRASHES} times in a row; look at its log.`;

async function giveUp({ ports, job }: ExportContext, leased: ShardRow, reason: string): Promise<ExportEnd> {
  return (await applyChange(ports, failExport(job, leased, reason, iso(ports)))) ? "published" : "busy";
}

function iso({ clock }: Ports): string {
  return new Date(clock.nowMs()).toISOString();
}
