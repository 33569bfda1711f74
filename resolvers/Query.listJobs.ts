import type { Context } from "@aws-appsync/utils";
import { query } from "@aws-appsync/utils/dynamodb";
import { JOBS_BY_OWNER, JOBS_BY_OWNER_STATUS, ownerStatus } from "../core/keys.ts";
import type { JobRow } from "../core/job/job-row.ts";
import type { QueryListJobsArgs } from "./generated/schema.ts";
import { callerOf } from "./shared/caller.ts";
import { toJob } from "./shared/jobs.ts";
import { pageLimit, pageRows } from "./shared/page.ts";

/** Each list has its own index, so that a page is full no matter how many jobs have other statuses. */
export function request(ctx: Context<QueryListJobsArgs>) {
  const { status, nextToken } = ctx.args;
  const owner = callerOf(ctx);
  return query({
    index: status ? JOBS_BY_OWNER_STATUS : JOBS_BY_OWNER,
    query: status ? { ownerStatus: { eq: ownerStatus(owner, status) } } : { owner: { eq: owner } },
    scanIndexForward: false,
    limit: pageLimit(ctx.args),
    nextToken,
  });
}

export function response(ctx: Context) {
  const rows = pageRows<JobRow>(ctx);
  return { items: rows.map((row) => toJob(row)), nextToken: ctx.result.nextToken };
}
