/** Writes a job's checkpointed records to a file, in slot order, as they will be in the dataset. */
import { GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { mergeInferredTypes, type InferredTypes } from "../../core/dataset/columns.ts";
import { ENVIRONMENT } from "../../core/environment.ts";
import { PlotPaletteError } from "../../core/errors.ts";
import { recordId } from "../../core/shard/record.ts";
import { rowId, rowsOf } from "../../core/shard/rows.ts";
import { REPORT_PROGRESS } from "../../core/reports.ts";
import { jobKey, jobTemplateKey } from "../../core/keys.ts";
import { snapshotObject } from "../../core/bucket.ts";
import type { JobRow, JobTemplateRow, SnapshotRow } from "../../core/job/job-row.ts";
import { TOO_MANY_RECORDS } from "../../core/dataset/snapshot.ts";
import { parseTemplate } from "../../core/template/parse.ts";
import { columnsOf } from "../../core/template/template.ts";
import { S3Objects } from "../../worker/adapters/s3-objects.ts";
import { datasetSchemaOf } from "../../worker/export/dataset-schema.ts";
import { JSON_LINES } from "../../worker/export/formats.ts";
import { jsonlFile } from "../../worker/export/json-lines.ts";
import { RecordTexts } from "../../worker/export/record-texts.ts";
import { Sink } from "../../worker/export/sink.ts";
import { slotsInOrder } from "../../worker/export/slots-in-order.ts";
import { ObjectNotFound } from "../../worker/ports.ts";
import { logger } from "./lambdaHandler.ts";
import { callApi } from "./callApi.ts";
import { documentClient, objectClient, setting } from "./clients.ts";
import { readJob, readShards } from "./fleet/jobs.ts";
import type { LambdaContext } from "./modelCalls.ts";

export interface SnapshotRequest {
  readonly jobId: string;
  readonly snapshotId: string;
}

/** Reserved for recording the result. */
const SHUTDOWN_MARGIN_MS = 20_000;

type Ending = Pick<SnapshotRow, "state" | "statusReason" | "rows" | "bytes">;

export async function handler({ jobId, snapshotId }: SnapshotRequest, lambdaContext: LambdaContext): Promise<void> {
  const job = await readJob(jobId);
  if (job?.snapshot?.snapshotId !== snapshotId || job.snapshot.state !== "CREATING") return;
  if (!(await end(jobId, job.snapshot, await write(job, snapshotId, lambdaContext)))) return;
  await callApi(REPORT_PROGRESS, { input: { jobId } }).catch((error: unknown) =>
    logger.warn("Failed to notify watchers of a snapshot", { error: error as Error, jobId }),
  );
}

async function write(job: JobRow, snapshotId: string, lambdaContext: LambdaContext): Promise<Ending> {
  const tooLate = new AbortController();
  const timer = setTimeout(() => tooLate.abort(), lambdaContext.getRemainingTimeInMillis() - SHUTDOWN_MARGIN_MS);
  try {
    return await writeRecords(job, snapshotId, tooLate.signal);
  } catch (error) {
    if (tooLate.signal.aborted) return failed(TOO_MANY_RECORDS);
    if (error instanceof PlotPaletteError) return failed(error.message);
    if (error instanceof ObjectNotFound) return failed("The job ended in the meantime; download its dataset.");
    logger.error("A snapshot failed", { error: error as Error, jobId: job.jobId });
    return failed("Something went wrong on our side; try again.");
  } finally {
    clearTimeout(timer);
  }
}

function failed(statusReason: string): Ending {
  return { state: "FAILED", statusReason };
}

async function writeRecords(job: JobRow, snapshotId: string, signal: AbortSignal): Promise<Ending> {
  const found = await readShards(job);
  // A batch returns its rows in any order.
  const shards = found.filter(({ kind }) => kind === "RECORDS").sort((one, other) => one.shardNo - other.shardNo);
  if (shards.every(({ partRanges }) => partRanges.length === 0))
    return failed("There are no records yet; try again later.");
  const template = await readTemplate(job.jobId);
  const kinds = mergeInferredTypes(shards.map(({ columns }) => columns as InferredTypes));
  const shape = datasetSchemaOf(job, columnsOf(template), template.record ?? {}, kinds);
  const objects = new S3Objects(objectClient(), setting(ENVIRONMENT.bucket));
  const name = snapshotObject(job.jobId, snapshotId);
  const sink = new Sink({ objects, name, contentType: JSON_LINES, signal });
  const file = jsonlFile(shape, name, sink);
  try {
    for (const shard of shards)
      for await (const { delivered, line } of slotsInOrder(objects, shard)) {
        signal.throwIfAborted();
        if (!delivered) continue;
        const id = recordId(job.jobId, delivered.slot);
        if (!delivered.moreRows) await file.addRecord?.(delivered, id, new RecordTexts(shape, delivered, line));
        else
          for (const row of rowsOf(delivered)) await file.addRecord?.(row, rowId(id, row), new RecordTexts(shape, row));
      }
    await sink.end();
    return { state: "READY", rows: file.rows, bytes: sink.bytes };
  } finally {
    sink.destroy();
  }
}

async function readTemplate(jobId: string) {
  const { Item } = await documentClient().send(
    new GetCommand({ TableName: setting(ENVIRONMENT.jobsTable), Key: jobTemplateKey(jobId), ConsistentRead: true }),
  );
  if (!Item) throw new PlotPaletteError("NotFound", "The template of this job no longer exists.");
  const { source, tiers } = Item as JobTemplateRow;
  return parseTemplate(source, tiers);
}

/** False when another snapshot has been requested since, or the job is gone. */
async function end(jobId: string, snapshot: SnapshotRow, ending: Ending): Promise<boolean> {
  try {
    await documentClient().send(
      new UpdateCommand({
        TableName: setting(ENVIRONMENT.jobsTable),
        Key: jobKey(jobId),
        UpdateExpression: "SET #snapshot = :ended",
        ConditionExpression: "#snapshot.snapshotId = :id",
        ExpressionAttributeNames: { "#snapshot": "snapshot" },
        ExpressionAttributeValues: { ":ended": { ...snapshot, ...ending }, ":id": snapshot.snapshotId },
      }),
    );
    return true;
  } catch (error) {
    if ((error as Error).name === "ConditionalCheckFailedException") return false;
    throw error;
  }
}
