/** What createJob checks before it writes: that template, seeds and budget fit, and how the job is divided. */
import { ENVIRONMENT } from "../../core/environment.ts";
import { PlotPaletteError } from "../../core/errors.ts";
import { checkJobOptions, planShards } from "../../core/job/job.ts";
import { planTasks, type TaskLimits, type TaskPlan } from "../../core/job/task-size.ts";
import type { Tiers } from "../../core/models/models.ts";
import { tooSmallBudget, type Estimate } from "../../core/money/estimate.ts";
import { checkPartitionBy } from "../../core/dataset/partition.ts";
import type { SeedSetRow } from "../../core/seeds/seed-set-row.ts";
import type { TemplateVersionRow } from "../../core/template/template-rows.ts";
import { checkFit } from "../../core/seeds/fit.ts";
import { boundOf } from "../../core/template/bound.ts";
import { parseTemplate } from "../../core/template/parse.ts";
import { checkRequests } from "../../core/template/document/check-requests.ts";
import { checkFormats } from "../../core/dataset/training.ts";
import { columnsOf, type Partials, type Template } from "../../core/template/template.ts";
import type { CreateJobInput } from "../generated/schema.ts";
import { availableTiers, tiersAreStandIns } from "./account.ts";
import { setting } from "./clients.ts";
import { lambdaHandler } from "./lambdaHandler.ts";
import { estimateIfPossible } from "./estimate.ts";
import { chosenParameters } from "./parameters.ts";
import { seedSetToUse } from "./seedSetToUse.ts";
import { readableTemplate } from "./templateRows.ts";
import { checkModels } from "./usableModels.ts";

/** They are stored in the job's row, which every report reads. */
const MAX_PARAMETER_BYTES = 10_000;

export interface JobToCheck {
  owner: string;
  input: CreateJobInput;
}

/** How a job is made, whatever it is divided into. */
export interface JobRecipe {
  templateVersion: number;
  templateName: string;
  templateSource: string;
  partials: Partials;
  tiers: Tiers;
  parameters: Record<string, unknown>;
  seedSetName: string;
  seedSetOwner: string;
  maxAttemptCostNanos: number;
}

export interface CheckedJob extends JobRecipe, TaskPlan {
  /** Absent when the cost cannot be estimated. */
  estimate?: Estimate;
  shards: { from: number; to: number }[];
}

export const handler = lambdaHandler(async ({ owner, input }: JobToCheck): Promise<CheckedJob> => {
  checkJobOptions(input);
  const tasks = planTasks(input, JSON.parse(setting(ENVIRONMENT.taskLimits)) as TaskLimits);
  const { version } = await readableTemplate(owner, input.templateId, input.templateVersion);
  const seedSet = await seedSetToUse(owner, input.seedSetId);
  const checked = checkJob(input, version, seedSet);
  const estimate = await estimateIfPossible({ owner, seedSet, recordCount: input.recordCount, checked });
  return { ...checked, ...tasks, estimate, shards: planShards(input.recordCount, input.inFlight ? tasks.maxTasks : 1) };
});

/** @throws PlotPaletteError BadInput when seeds and template do not fit, a model refuses what is asked of it, or the budget does not cover one record */
export function checkJob(
  input: Pick<CreateJobInput, "budgetNanos" | "parameters" | "formats" | "partitionBy">,
  version: Pick<TemplateVersionRow, "version" | "source" | "partials">,
  seedSet: Pick<SeedSetRow, "name" | "owner" | "collections">,
): JobRecipe {
  const tiers = availableTiers();
  const template = parseTemplate(version.source, tiers);
  checkRuns(template);
  checkFormats(template, input.formats);
  if (input.partitionBy) checkPartitionBy(input.partitionBy, columnsOf(template));
  checkModels(template);
  checkRequests(version.source, template, { tiersAreStandIns: tiersAreStandIns() });
  const parameters = parametersFor(template, input.parameters);
  checkFit(template, version.partials, seedSet.collections);
  const { costNanos } = boundOf(template);
  if (costNanos > input.budgetNanos)
    throw new PlotPaletteError(
      "BadInput",
      `${tooSmallBudget(input.budgetNanos, costNanos)}; raise it, or lower maxTokens or maxPromptBytes in the template.`,
    );
  return {
    templateVersion: version.version,
    templateName: template.name,
    templateSource: version.source,
    partials: version.partials,
    tiers,
    parameters,
    seedSetName: seedSet.name,
    seedSetOwner: seedSet.owner,
    maxAttemptCostNanos: costNanos,
  };
}

function checkRuns({ name, steps }: Template): void {
  if (steps.length > 0) return;
  throw new PlotPaletteError(
    "BadInput",
    `The template "${name}" is a library of partials without steps to run; choose a template with steps and include the library there.`,
  );
}

function parametersFor(template: Template, given: unknown): Record<string, unknown> {
  const parameters = chosenParameters(template, given);
  const bytes = Buffer.byteLength(JSON.stringify(parameters));
  if (bytes <= MAX_PARAMETER_BYTES) return parameters;
  throw new PlotPaletteError(
    "BadInput",
    `The parameters have ${bytes} bytes as JSON, but at most ${MAX_PARAMETER_BYTES} are allowed; shorten them.`,
  );
}
