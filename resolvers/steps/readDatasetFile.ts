import { util, type Context } from "@aws-appsync/utils";
import { get } from "@aws-appsync/utils/dynamodb";
import { jobKey } from "../../core/keys.ts";
import { snapshotObject } from "../../core/bucket.ts";
import type { JobRow } from "../../core/job/job-row.ts";
import { SNAPSHOT_FILE } from "../../core/dataset/snapshot.ts";
import type { QueryGetDownloadArgs } from "../generated/schema.ts";
import { callerOf } from "../shared/caller.ts";
import { throwInternal, isId } from "../shared/errors.ts";
import { toSnapshot } from "../shared/snapshots.ts";

/** The object of the file, if job and file exist and are the caller's; the error never reveals which of the two is missing. */
export function request(ctx: Context<QueryGetDownloadArgs>) {
  if (!isId(ctx.args.jobId)) throwFileNotFound();
  return get({ key: jobKey(ctx.args.jobId), consistentRead: true });
}

export function response(ctx: Context<QueryGetDownloadArgs>) {
  if (ctx.error) throwInternal(ctx);
  const row: JobRow | null = ctx.result;
  if (!row || row.owner !== callerOf(ctx)) throwFileNotFound();
  const { file } = ctx.args;
  const named = { jobName: row.name, file };
  const snapshot = row.snapshot;
  if (file === SNAPSHOT_FILE && snapshot && toSnapshot(row)?.state === "READY")
    return { ...named, key: snapshotObject(row.jobId, snapshot.snapshotId) };
  if (!row.datasetPrefix) throwFileNotFound();
  const key = `${row.datasetPrefix}${file}`;
  if (row.datasetFiles.some((candidate) => candidate.name === file)) return { ...named, key };
  // The row may list only the first files; whether this one exists is checked before its address is signed.
  const isListed = row.datasetFiles.length === (row.datasetFileCount ?? row.datasetFiles.length);
  if (isListed || !isFileInFolder(file)) throwFileNotFound();
  return { ...named, key, mayBeMissing: true };
}

/** `category=comedy/dataset.train.jsonl`, at most three levels: it can lead neither out of the dataset nor to its compacted parts. */
function isFileInFolder(file: string): boolean {
  return util.matches("^([A-Za-z0-9_.~%-]+=[A-Za-z0-9_.~%-]+/){1,3}dataset[a-z.]+$", file);
}

function throwFileNotFound(): never {
  return util.error("There is no file with that name in that job's dataset.", "NotFound");
}
