/** Reads the files of a confirmed seed set, or filters another one, and sets its status to READY or REFUSED. */
import {
  DeleteObjectCommand,
  GetObjectCommand,
  S3ServiceException,
  type GetObjectCommandOutput,
} from "@aws-sdk/client-s3";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { ENVIRONMENT } from "../../core/environment.ts";
import { PlotPaletteError } from "../../core/errors.ts";
import { seedSetKey } from "../../core/keys.ts";
import { uploadObject } from "../../core/bucket.ts";
import type { SeedSetRow } from "../../core/seeds/seed-set-row.ts";
import { logger } from "./lambdaHandler.ts";
import { callApi } from "./callApi.ts";
import { documentClient, objectClient, setting } from "./clients.ts";
import { REPORT_SEED_SET } from "../../core/reports.ts";
import type { SeedCollectionSummary } from "../../core/seeds/blocks.ts";
import type { SkippedRows } from "../../core/seeds/files/invalid-rows.ts";
import type { FileRanges } from "../../core/seeds/files/source.ts";
import type { UploadedSeedFile } from "../../core/seeds/seed-set.ts";
import { collectionsToFilter } from "./fittingSeeds.ts";
import { SeedStore, type FileToStore } from "./storeSeeds.ts";

/** The check stops while there is still time to report it. */
const SHUTDOWN_MARGIN_MS = 20_000;

/** The row with the attributes that only the check reads and writes. */
type RowToCheck = Omit<SeedSetRow, "uploads"> & {
  readonly uploads: readonly (Omit<UploadedSeedFile, "upload"> & Partial<Pick<UploadedSeedFile, "upload">>)[];
  /** Skips invalid rows instead of failing at the first one. */
  readonly skipInvalid?: boolean;
};
type Upload = RowToCheck["uploads"][number];

interface CheckResult {
  readonly status: "READY" | "REFUSED";
  readonly reason?: string;
  readonly collections?: SeedCollectionSummary[];
  readonly skipped?: SkippedRows;
  /** What was unusual about the files, one sentence each. */
  readonly notes?: readonly string[];
  /** Keeps the uploads after an internal error, so that confirming again can succeed. */
  readonly keepUploads?: boolean;
}

export async function handler(
  { seedSetId }: { seedSetId: string },
  context: { getRemainingTimeInMillis(): number },
): Promise<void> {
  const row = await readRow(seedSetId);
  if (row?.status !== "CHECKING") return;
  const skipInvalid = (row.skipInvalid ?? false) || row.filter !== undefined;
  const store = new SeedStore(row.owner, seedSetId, { skipInvalid });
  const result = await check(row, store, context);
  const outcome = await close(row, result);
  if (result.status === "REFUSED" && outcome !== "already decided") await store.rollback();
  if (outcome === "deleted") await store.rollback();
  if (!result.keepUploads) await removeUploads(row);
  if (outcome === "closed") await callApi(REPORT_SEED_SET, { input: { id: seedSetId } });
}

async function check(
  row: RowToCheck,
  store: SeedStore,
  context: { getRemainingTimeInMillis(): number },
): Promise<CheckResult> {
  const checkDeadline = () => {
    if (context.getRemainingTimeInMillis() < SHUTDOWN_MARGIN_MS)
      throw new PlotPaletteError("BadInput", "The files took too long to read; split them across several seed sets.");
  };
  try {
    const collections = row.filter
      ? await store.storeFitting(await collectionsToFilter(row.owner, row.filter, checkDeadline))
      : await store.store(uploadsOf(row, checkDeadline));
    return { status: "READY", collections, notes: store.notes, ...(store.skipped && { skipped: store.skipped }) };
  } catch (error) {
    if (error instanceof PlotPaletteError) return { status: "REFUSED", reason: error.message };
    logger.error("Failed to check a seed set", { error: error as Error, seedSetId: row.seedSetId });
    return {
      status: "REFUSED",
      reason: "Something went wrong on our side while reading the seeds; confirm again to retry.",
      keepUploads: true,
    };
  }
}

function uploadsOf(row: RowToCheck, checkDeadline: () => void): FileToStore[] {
  return row.uploads.map((file) => ({
    ...file,
    open: () => openUpload(row, file, checkDeadline),
    openRanges: () => openUploadRanges(row, file, checkDeadline),
  }));
}

/** The whole file as a stream. */
async function* openUpload(row: RowToCheck, file: Upload, checkDeadline: () => void): AsyncGenerator<Uint8Array> {
  const { Body } = await getUpload(row, file);
  // In Node the SDK's body is a readable stream; its type covers browsers too.
  for await (const chunk of Body as unknown as AsyncIterable<Uint8Array>) {
    checkDeadline();
    yield chunk;
  }
}

/** The file for ranged reads; reading its first byte reveals its length. */
async function openUploadRanges(row: RowToCheck, file: Upload, checkDeadline: () => void): Promise<FileRanges> {
  const { ContentRange } = await getUpload(row, file, "bytes=0-0");
  const read = async (start: number, end: number) => {
    checkDeadline();
    if (start === end) return new Uint8Array();
    const { Body } = await getUpload(row, file, `bytes=${start}-${end - 1}`);
    if (!Body) throw new Error("S3 returned a range without a body");
    return Body.transformToByteArray();
  };
  return { byteLength: Number(ContentRange?.split("/")[1]), read };
}

async function getUpload(row: RowToCheck, file: Upload, Range?: string): Promise<GetObjectCommandOutput> {
  const Key = objectOf(row, file);
  try {
    return await objectClient().send(new GetObjectCommand({ Bucket: setting(ENVIRONMENT.bucket), Key, Range }));
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new PlotPaletteError(
      "BadInput",
      `The file "${file.fileName}" was not uploaded; upload it, then confirm again.`,
    );
  }
}

function objectOf(row: RowToCheck, { upload, collection }: Upload): string {
  return uploadObject(row.owner, row.seedSetId, upload ?? collection);
}

/** S3 reports a missing object as forbidden to callers who may not list the bucket, as this function may not. */
function isMissing(error: unknown): boolean {
  return error instanceof S3ServiceException && ["NoSuchKey", "AccessDenied"].includes(error.name);
}

/** Writes the result unless the seed set was deleted or another check was faster. */
async function close(row: RowToCheck, result: CheckResult): Promise<"closed" | "deleted" | "already decided"> {
  try {
    await documentClient().send(
      new UpdateCommand({
        TableName: setting(ENVIRONMENT.seedSetsTable),
        Key: seedSetKey(row.seedSetId),
        ConditionExpression: "#status = :checking",
        ...changeOf(result),
      }),
    );
    return "closed";
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return (await readRow(row.seedSetId)) ? "already decided" : "deleted";
  }
}

/** Removes the reason of an earlier failed check once the seed set is READY. */
function changeOf({ status, reason, collections, skipped, notes = [] }: CheckResult) {
  const set = {
    status,
    ...(reason !== undefined && { statusReason: reason }),
    ...(collections && { collections }),
    ...(notes.length > 0 && { notes }),
    ...(skipped && { skippedCount: skipped.count, skippedRows: skipped.first }),
  };
  const names = status === "READY" ? [...Object.keys(set), "statusReason"] : Object.keys(set);
  const sets = Object.keys(set).map((name) => `#${name} = :${name}`);
  return {
    UpdateExpression: `SET ${sets.join(", ")}${status === "READY" ? " REMOVE #statusReason" : ""}`,
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: {
      ":checking": "CHECKING",
      ...Object.fromEntries(Object.entries(set).map(([name, value]) => [`:${name}`, value])),
    },
  };
}

async function readRow(seedSetId: string): Promise<RowToCheck | undefined> {
  const { Item } = await documentClient().send(
    new GetCommand({ TableName: setting(ENVIRONMENT.seedSetsTable), Key: seedSetKey(seedSetId), ConsistentRead: true }),
  );
  return Item as RowToCheck | undefined;
}

async function removeUploads(row: RowToCheck): Promise<void> {
  for (const file of row.uploads)
    await objectClient().send(
      new DeleteObjectCommand({ Bucket: setting(ENVIRONMENT.bucket), Key: objectOf(row, file) }),
    );
}
