import type { Context } from "@aws-appsync/utils";
import type { ArchiveStatus } from "../../core/dataset/archive.ts";
import type { JobRow } from "../../core/job/job-row.ts";
import { readArchiveStatus } from "../shared/archive.ts";
import { responseData } from "../shared/lambda.ts";

export function request(ctx: Context) {
  const job: JobRow = ctx.stash.job;
  return readArchiveStatus(job);
}

export function response(ctx: Context) {
  return responseData<ArchiveStatus>(ctx);
}
