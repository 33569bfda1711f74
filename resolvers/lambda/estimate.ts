/** Estimates a job's cost from its owner's test runs of the template, or from the prompts of some of its records. */
import { estimateFromPrompts, estimateFromSample, type CostRange, type Estimate } from "../../core/money/estimate.ts";
import { checkPicks } from "../../core/seeds/pick.ts";
import type { SeedSetRow } from "../../core/seeds/seed-set-row.ts";
import { answersInPrompts, expectedCost, readsAnswers } from "../../core/template/expected-cost.ts";
import { parseTemplate } from "../../core/template/parse.ts";
import type { Tiers } from "../../core/models/models.ts";
import type { Partials } from "../../core/template/template.ts";
import { Sandbox } from "../../worker/sandbox/sandbox.ts";
import { logger } from "./lambdaHandler.ts";
import { drawnItems } from "./drawnItems.ts";
import { renderRecord } from "./renderRecord.ts";
import { readCostSample } from "./costSamples.ts";
import { openSeeds } from "./seedSetToUse.ts";

/** How many records to render, spread evenly across the job. */
const RENDERED_RECORDS = 5;
/** When rendering takes longer, fewer records have to suffice. */
const RENDERING_MS = 3_000;

/** The template as the job pins it. */
export interface TemplateToEstimate {
  readonly templateSource: string;
  readonly partials: Partials;
  readonly tiers: Tiers;
  readonly parameters: Readonly<Record<string, unknown>>;
  readonly maxAttemptCostNanos: number;
}

export interface JobToEstimate {
  readonly owner: string;
  readonly seedSet: Pick<SeedSetRow, "owner" | "seedSetId">;
  readonly recordCount: number;
  readonly checked: TemplateToEstimate;
}

/** `undefined` when no prompt can be rendered without answers. @throws PlotPaletteError BadInput when the seeds are too few */
export async function estimateOf(job: JobToEstimate): Promise<Estimate | undefined> {
  const { owner, checked } = job;
  const { templateSource: source, partials, tiers, maxAttemptCostNanos } = checked;
  const size = {
    recordCount: job.recordCount,
    maxAttemptCostNanos,
    maxAttempts: parseTemplate(source, tiers).maxAttempts,
  };
  const sample = await readCostSample(owner, { source, partials, tiers });
  if (sample) return estimateFromSample(sample, size);
  const ranges = await costsOfSomeRecords(job);
  return ranges.length > 0 ? estimateFromPrompts(ranges, size) : undefined;
}

/** A job is not rejected because its cost cannot be estimated. */
export async function estimateIfPossible(job: JobToEstimate): Promise<Estimate | undefined> {
  try {
    return await estimateOf(job);
  } catch (error) {
    logger.warn("Failed to estimate a job", { error: error as Error });
    return undefined;
  }
}

/** Created with the first estimate and kept for the function's lifetime. */
let sandbox: Promise<Sandbox> | undefined;

/** What some of the job's records may cost; those whose prompts cannot be rendered are omitted. */
async function costsOfSomeRecords({ seedSet, recordCount, checked }: JobToEstimate): Promise<CostRange[]> {
  const { templateSource: source, partials, tiers, parameters } = checked;
  const template = parseTemplate(source, tiers);
  const reads = answersInPrompts(template, partials);
  const seeds = await openSeeds(seedSet);
  checkPicks(template, seeds.index.collections);
  const given = Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [name, JSON.stringify(value ?? null)]),
  );
  const ranges: CostRange[] = [];
  const startedAtMs = Date.now();
  for (const recordNo of spreadOver(recordCount)) {
    const items = await drawnItems(seeds, template.pick, { jobId: "estimate", slot: recordNo, attempt: 0 });
    const record = await renderRecord(await (sandbox ??= Sandbox.create()), {
      ...{ source, template, partials, recordNo },
      values: { ...items, ...given },
      // Placeholders decide nothing: the prompt is rendered either way.
      holds: ({ when }) => when !== undefined && readsAnswers(when),
    });
    if (record.problems.length === 0) ranges.push(expectedCost(template, reads, record));
    if (Date.now() - startedAtMs > RENDERING_MS) break;
  }
  return ranges;
}

/** Evenly spaced records from the first on: seeds drawn in order may vary across the job. */
function spreadOver(recordCount: number): number[] {
  const count = Math.min(RENDERED_RECORDS, recordCount);
  return Array.from({ length: count }, (_, n) => Math.floor((n * recordCount) / count));
}
