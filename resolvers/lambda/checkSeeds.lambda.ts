/** Reads the files of a seed set that its owner has confirmed, and ends its check in READY or REFUSED. */
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
import { SeedStore } from "./storeSeeds.ts";

/** The check gives up while there is still time to say so. */
const SHUTDOWN_MARGIN_MS = 20_000;

/** The row with what only the check reads and writes of it. */
type RowToCheck = Omit<SeedSetRow, "uploads"> & {
  readonly uploads: readonly (Omit<UploadedSeedFile, "upload"> & Partial<Pick<UploadedSeedFile, "upload">>)[];
  /** Passes over faulty rows instead of refusing the first. */
  readonly skipInvalid?: boolean;
};
type Upload = RowToCheck["uploads"][number];

interface Verdict {
  readonly status: "READY" | "REFUSED";
  readonly reason?: string;
  readonly collections?: SeedCollectionSummary[];
  readonly skipped?: SkippedRows;
  /** The uploads are kept when the fault was ours, so that confirming again can succeed. */
  readonly keepUploads?: boolean;
}

export async function handler(
  { seedSetId }: { seedSetId: string },
  context: { getRemainingTimeInMillis(): number },
): Promise<void> {
  const row = await readRow(seedSetId);
  if (row?.status !== "CHECKING") return;
  const store = new SeedStore(row.owner, seedSetId, { skipInvalid: row.skipInvalid ?? false });
  const verdict = await check(row, store, context);
  const counts = await close(row, verdict);
  if (verdict.status === "REFUSED" && counts !== "decided before") await store.undo();
  if (counts === "deleted") await store.undo();
  if (!verdict.keepUploads) await removeUploads(row);
  if (counts === "closed") await callApi(REPORT_SEED_SET, { input: { id: seedSetId } });
}

async function check(
  row: RowToCheck,
  store: SeedStore,
  context: { getRemainingTimeInMillis(): number },
): Promise<Verdict> {
  const hurry = () => {
    if (context.getRemainingTimeInMillis() < SHUTDOWN_MARGIN_MS)
      throw new PlotPaletteError("BadInput", "The files took too long to read; split them over several seed sets.");
  };
  try {
    const files = row.uploads.map((file) => ({
      ...file,
      open: () => openUpload(row, file, hurry),
      openRanges: () => openUploadRanges(row, file, hurry),
    }));
    const collections = await store.store(files);
    return { status: "READY", collections, ...(store.skipped && { skipped: store.skipped }) };
  } catch (error) {
    if (error instanceof PlotPaletteError) return { status: "REFUSED", reason: error.message };
    logger.error("A seed set could not be checked", { error: error as Error, seedSetId: row.seedSetId });
    return {
      status: "REFUSED",
      reason: "Something went wrong on our side while the files were read; confirm again to retry.",
      keepUploads: true,
    };
  }
}

/** The whole file as a stream. */
async function* openUpload(row: RowToCheck, file: Upload, hurry: () => void): AsyncGenerator<Uint8Array> {
  const { Body } = await getUpload(row, file);
  // In Node the SDK's body is a readable stream; its type covers browsers too.
  for await (const chunk of Body as unknown as AsyncIterable<Uint8Array>) {
    hurry();
    yield chunk;
  }
}

/** The file for reading parts of it; asking for its first byte tells how long it is. */
async function openUploadRanges(row: RowToCheck, file: Upload, hurry: () => void): Promise<FileRanges> {
  const { ContentRange } = await getUpload(row, file, "bytes=0-0");
  const read = async (start: number, end: number) => {
    hurry();
    if (start === end) return new Uint8Array();
    const { Body } = await getUpload(row, file, `bytes=${start}-${end - 1}`);
    if (!Body) throw new Error("S3 answered a range without a body");
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

/** To those who may not list a bucket, and this function needs not, S3 says of what is not there that it is forbidden. */
function isMissing(error: unknown): boolean {
  return error instanceof S3ServiceException && ["NoSuchKey", "AccessDenied"].includes(error.name);
}

/** Writes the verdict if the check is still open; it is not when the seed set was deleted or another check was faster. */
async function close(row: RowToCheck, verdict: Verdict): Promise<"closed" | "deleted" | "decided before"> {
  try {
    await documentClient().send(
      new UpdateCommand({
        TableName: setting(ENVIRONMENT.seedSetsTable),
        Key: seedSetKey(row.seedSetId),
        ConditionExpression: "#status = :checking",
        ...changeOf(verdict),
      }),
    );
    return "closed";
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return (await readRow(row.seedSetId)) ? "decided before" : "deleted";
  }
}

/** Why an earlier check refused goes once the seed set is READY. */
function changeOf({ status, reason, collections, skipped }: Verdict) {
  const told = {
    status,
    ...(reason !== undefined && { statusReason: reason }),
    ...(collections && { collections }),
    ...(skipped && { skippedCount: skipped.count, skippedRows: skipped.first }),
  };
  const names = status === "READY" ? [...Object.keys(told), "statusReason"] : Object.keys(told);
  const sets = Object.keys(told).map((name) => `#${name} = :${name}`);
  return {
    UpdateExpression: `SET ${sets.join(", ")}${status === "READY" ? " REMOVE #statusReason" : ""}`,
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: {
      ":checking": "CHECKING",
      ...Object.fromEntries(Object.entries(told).map(([name, value]) => [`:${name}`, value])),
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
