/** The export shard: leased, fenced and restarted like any other, until its dataset is published with the job's final status. */
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
  /** The template's source; absent if it was deleted. */
  readonly source?: string;
  readShards(): Promise<ShardRow[]>;
  /** Aborts when the worker must stop. */
  readonly signal: AbortSignal;
}

/** published: the job is at rest. busy: another worker is exporting. stopped: the next worker starts over. */
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
  if (crashesAtTakeover(row) >= FAIL_EXPORT_AFTER_CRASHES) return await fail(context, leased, TOO_MANY_CRASHES);
  const { dataset, lost, permanentError } = await exportUnderLease(context, leased, shards);
  if (permanentError) return await fail(context, leased, permanentError);
  if (lost) return "busy";
  if (!dataset) {
    await applyChange(ports, releaseExport(leased));
    return signal.aborted ? "stopped" : "busy";
  }
  const published = await applyChange(ports, publishDataset(job, leased, context.outcome, dataset, iso(ports)));
  return published ? "published" : "busy";
}

/**
 * Waits until nobody holds a shard. A live worker learns of the ending, flushes what it has and gives its lease back, so nothing
 * paid for is lost; an expired lease is fenced, and its grant written off. No new lease can start, because leasing requires that
 * the job is RUNNING, so the shards stay as they are: PARKED and OPEN ones continue if the job is resumed (only BUDGET_EXCEEDED
 * can be), and are never touched again if it was canceled or failed.
 */
async function closeShards({ ports, readShards, job, signal }: ExportContext): Promise<ShardRow[] | undefined> {
  while (!signal.aborted) {
    const shards = await readShards();
    const held = shards.filter(({ state, leaseTask }) => state !== "DONE" && leaseTask !== undefined);
    if (held.length === 0) return shards;
    for (const shard of held)
      if (!isLeased(shard, ports.clock.nowMs())) await applyChange(ports, fenceExpiredLease(shard, job));
    if (held.some((shard) => isLeased(shard, ports.clock.nowMs()))) await sleep(ports.clock, POLL_MS, signal);
  }
  return undefined;
}

async function exportShard({ ports, job }: ExportContext): Promise<ShardRow> {
  const known = await ports.store.read(exportKey(job.jobId));
  if (known) return known as ShardRow;
  await applyChange(ports, createExportShard(job));
  return (await ports.store.read(exportKey(job.jobId))) as ShardRow;
}

/** Exports while renewing the lease. No dataset: the worker had to stop, lost the lease, or met a permanent error. */
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
    const options = {
      objects: ports.objects,
      job,
      outcome,
      template,
      source,
      shards,
      generation: leased.generation,
      signal: ending.signal,
    };
    return { dataset: await exportDataset(options), lost: false };
  } catch (error) {
    if (error instanceof PlotPaletteError) return { permanentError: error.message, lost };
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
    const isRenewed = await applyChange(ports, renewLease(leased, ports.clock.nowMs() + settings.leaseMs));
    if (!isRenewed) throw new Error("The export's lease was lost.");
  }
}

const TOO_MANY_CRASHES = `Writing the dataset crashed the worker ${FAIL_EXPORT_AFTER_CRASHES} times in a row; see its log.`;

async function fail({ ports, job }: ExportContext, leased: ShardRow, reason: string): Promise<ExportEnd> {
  return (await applyChange(ports, failExport(job, leased, reason, iso(ports)))) ? "published" : "busy";
}

function iso({ clock }: Ports): string {
  return new Date(clock.nowMs()).toISOString();
}
