import { util, type Context } from "@aws-appsync/utils";
import type { MutationCreateJobArgs } from "./generated/schema.ts";
import { toJob } from "./shared/jobs.ts";

/**
 * readToken → checkJob → writeJob → readExistingJob → dispatch. When the client token has already created a job, checking
 * and writing are skipped and that job is returned.
 */
export function request(ctx: Context<MutationCreateJobArgs>) {
  const { name, templateId, templateVersion, seedSetId, parameters, recordCount, budgetNanos, formats } =
    ctx.args.input;
  const { maxFailedPercent } = ctx.args.input;
  const { priority, capacity, taskSize, inFlight } = ctx.args.input;
  const { split, partitionBy } = ctx.args.input;
  ctx.stash.jobId = util.autoUlid();
  // The whole input in a fixed order: the same token with different input is an error.
  ctx.stash.inputDigest = JSON.stringify([
    name,
    templateId,
    templateVersion ?? null,
    seedSetId,
    parameters ?? null,
    recordCount,
    budgetNanos,
    formats,
    split ? [split.train, split.validation, split.test] : null,
    maxFailedPercent ?? null,
    priority ?? null,
    capacity ?? null,
    taskSize ?? null,
    inFlight ?? null,
    partitionBy ? partitionBy.map(({ column, transform }) => [column, transform]) : null,
  ]);
  return {};
}

export function response(ctx: Context) {
  return toJob(ctx.stash.job);
}
