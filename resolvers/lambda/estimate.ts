/** What a job is likely to cost: by its owner's tries of the template, else by the prompts of some of its records. */
import { estimateFromPrompts, estimateFromSample, type CostRange, type Estimate } from "../../core/money/estimate.ts";
import { checkPicks } from "../../core/seeds/pick.ts";
import type { SeedSetRow } from "../../core/seeds/seed-set-row.ts";
import { answersInPrompts, expectedCost, readsAnswers } from "../../core/template/expected-cost.ts";
import { parseTemplate } from "../../core/template/parse.ts";
import { Sandbox } from "../../worker/sandbox/sandbox.ts";
import { logger } from "./lambdaHandler.ts";
import type { CheckedJob } from "./checkJob.lambda.ts";
import { drawnItems } from "./drawnItems.ts";
import { renderRecord } from "./renderRecord.ts";
import { readCostSample } from "./costSamples.ts";
import { openSeeds } from "./seedSetToUse.ts";

/** So many records are rendered, spread over the job. */
const RENDERED_RECORDS = 5;
/** A template may need all its time for each prompt; then fewer records have to do. */
const RENDERING_MS = 3_000;

export interface JobToEstimate {
  readonly owner: string;
  readonly seedSet: Pick<SeedSetRow, "owner" | "seedSetId">;
  readonly recordCount: number;
  readonly checked: Pick<CheckedJob, "templateSource" | "partials" | "tiers" | "parameters" | "maxAttemptCostNanos">;
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
  const ranges = await costsOfSome(job);
  return ranges.length > 0 ? estimateFromPrompts(ranges, size) : undefined;
}

/** A job is not refused because its cost cannot be told. */
export async function estimateIfPossible(job: JobToEstimate): Promise<Estimate | undefined> {
  try {
    return await estimateOf(job);
  } catch (error) {
    logger.warn("A job could not be estimated", { error: error as Error });
    return undefined;
  }
}

/** Made with the first estimate, and kept as long as the function is. */
let sandbox: Promise<Sandbox> | undefined;

/** What some of its records may cost; those whose prompts cannot be rendered are left out. */
async function costsOfSome({ seedSet, recordCount, checked }: JobToEstimate): Promise<CostRange[]> {
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
      // Placeholders decide nothing: what the prompt would be is seen in any case.
      holds: ({ when }) => when !== undefined && readsAnswers(when),
    });
    if (record.problems.length === 0) ranges.push(expectedCost(template, reads, record));
    if (Date.now() - startedAtMs > RENDERING_MS) break;
  }
  return ranges;
}

/** Positions of records from the first on, evenly apart: seeds drawn in order may change on the way. */
function spreadOver(recordCount: number): number[] {
  const count = Math.min(RENDERED_RECORDS, recordCount);
  return Array.from({ length: count }, (_, n) => Math.floor((n * recordCount) / count));
}
