import type { Context } from "@aws-appsync/utils";
import type { ArchiveStatus } from "../../core/dataset/archive.ts";
import type { JobRow } from "../../core/job/job-row.ts";
import { lookIntoArchive } from "../shared/archive.ts";
import { answerOf } from "../shared/lambda.ts";

export function request(ctx: Context) {
  const job: JobRow = ctx.stash.job;
  return lookIntoArchive(job);
}

export function response(ctx: Context) {
  return answerOf<ArchiveStatus>(ctx);
}
