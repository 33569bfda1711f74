/** Estimates what a job is likely to cost before it is started. */
import { budgetAdvice } from "../../core/money/estimate.ts";
import { checkRecordCount } from "../../core/job/job.ts";
import type { EstimateJobInput, JobEstimate } from "../generated/schema.ts";
import { lambdaHandler } from "./lambdaHandler.ts";
import { checkJob } from "./checkJob.lambda.ts";
import { estimateOf } from "./estimate.ts";
import { seedSetToUse } from "./seedSetToUse.ts";
import { readableTemplate } from "./templateRows.ts";

export interface JobToEstimate {
  owner: string;
  input: EstimateJobInput;
}

export const handler = lambdaHandler(async ({ owner, input }: JobToEstimate): Promise<JobEstimate> => {
  const { recordCount, parameters, budgetNanos } = input;
  checkRecordCount(recordCount);
  const { version } = await readableTemplate(owner, input.templateId, input.templateVersion);
  const seedSet = await seedSetToUse(owner, input.seedSetId);
  // Whether the budget covers a record is part of the estimate, not a reason to fail.
  const checked = checkJob({ parameters, budgetNanos: Infinity, formats: [] }, version, seedSet);
  const { maxAttemptCostNanos } = checked;
  const estimate = await estimateOf({ owner, seedSet, recordCount, checked });
  return {
    estimate: estimate ?? null,
    maxAttemptCostNanos,
    advice: estimate && budgetNanos != null ? budgetAdvice(budgetNanos, estimate, maxAttemptCostNanos) : null,
  };
});
