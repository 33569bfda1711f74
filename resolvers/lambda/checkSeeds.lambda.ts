/** Reads the files of a seed set that its owner has confirmed, and ends its check in READY or REFUSED. */
import { DeleteObjectCommand, GetObjectCommand, S3ServiceException } from "@aws-sdk/client-s3";
import { ConditionalCheckFailedException } from "@aws-sdk/client-dynamodb";
import { GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { ENVIRONMENT } from "../../core/environment.ts";
import { PlotPaletteError } from "../../core/errors.ts";
import { seedSetKey, uploadObject, type SeedCollectionRow, type SeedSetRow } from "../../core/rows.ts";
import { logger } from "./answer.ts";
import { callApi } from "./callApi.ts";
import { documentClient, objectClient, setting } from "./clients.ts";
import { REPORT_SEED_SET } from "../../core/reports.ts";
import { SeedStore } from "./storeSeeds.ts";

/** The check gives up while there is still time to say so. */
const LAST_WORDS_MS = 20_000;

interface Verdict {
  readonly status: "READY" | "REFUSED";
  readonly reason?: string;
  readonly collections?: SeedCollectionRow[];
  /** The uploads are kept when the fault was ours, so that confirming again can succeed. */
  readonly keepUploads?: boolean;
}

export async function handler(
  { seedSetId }: { seedSetId: string },
  context: { getRemainingTimeInMillis(): number },
): Promise<void> {
  const row = await readRow(seedSetId);
  if (row?.status !== "CHECKING") return;
  const store = new SeedStore(row.owner, seedSetId);
  const verdict = await check(row, store, context);
  const counts = await close(row, verdict);
  if (verdict.status === "REFUSED" && counts !== "decided before") await store.undo();
  if (counts === "deleted") await store.undo();
  if (!verdict.keepUploads) await removeUploads(row);
  if (counts === "closed") await callApi(REPORT_SEED_SET, { input: { id: seedSetId } });
}

async function check(
  row: SeedSetRow,
  store: SeedStore,
  context: { getRemainingTimeInMillis(): number },
): Promise<Verdict> {
  try {
    const files = row.uploads.map((file) => ({ ...file, open: () => openUpload(row, file) }));
    const hurry = () => {
      if (context.getRemainingTimeInMillis() < LAST_WORDS_MS)
        throw new PlotPaletteError("BadInput", "The files took too long to read; split them over several seed sets.");
    };
    return { status: "READY", collections: await store.store(files, hurry) };
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

async function openUpload(row: SeedSetRow, file: SeedSetRow["uploads"][number]): Promise<AsyncIterable<Uint8Array>> {
  const Key = uploadObject(row.owner, row.seedSetId, file.collection);
  try {
    const { Body } = await objectClient().send(new GetObjectCommand({ Bucket: setting(ENVIRONMENT.bucket), Key }));
    // In Node the SDK's body is a readable stream; its type covers browsers too.
    return Body as unknown as AsyncIterable<Uint8Array>;
  } catch (error) {
    if (!isMissing(error)) throw error;
    throw new PlotPaletteError(
      "BadInput",
      `The file "${file.fileName}" was not uploaded; upload it, then confirm again.`,
    );
  }
}

/** To those who may not list a bucket, and this function needs not, S3 says of what is not there that it is forbidden. */
function isMissing(error: unknown): boolean {
  return error instanceof S3ServiceException && ["NoSuchKey", "AccessDenied"].includes(error.name);
}

/** Writes the verdict if the check is still open; it is not when the seed set was deleted or another check was faster. */
async function close(row: SeedSetRow, verdict: Verdict): Promise<"closed" | "deleted" | "decided before"> {
  try {
    await documentClient().send(
      new UpdateCommand({
        TableName: setting(ENVIRONMENT.seedSetsTable),
        Key: seedSetKey(row.seedSetId),
        ConditionExpression: "#status = :checking",
        ...(verdict.collections
          ? { UpdateExpression: "SET #status = :status, #collections = :detail REMOVE #reason" }
          : { UpdateExpression: "SET #status = :status, #reason = :detail" }),
        ExpressionAttributeNames: {
          "#status": "status",
          "#reason": "statusReason",
          ...(verdict.collections ? { "#collections": "collections" } : {}),
        },
        ExpressionAttributeValues: {
          ":checking": "CHECKING",
          ":status": verdict.status,
          ":detail": verdict.collections ?? verdict.reason,
        },
      }),
    );
    return "closed";
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return (await readRow(row.seedSetId)) ? "decided before" : "deleted";
  }
}

async function readRow(seedSetId: string): Promise<SeedSetRow | undefined> {
  const { Item } = await documentClient().send(
    new GetCommand({ TableName: setting(ENVIRONMENT.seedSetsTable), Key: seedSetKey(seedSetId), ConsistentRead: true }),
  );
  return Item as SeedSetRow | undefined;
}

async function removeUploads(row: SeedSetRow): Promise<void> {
  for (const { collection } of row.uploads) {
    const Key = uploadObject(row.owner, row.seedSetId, collection);
    await objectClient().send(new DeleteObjectCommand({ Bucket: setting(ENVIRONMENT.bucket), Key }));
  }
}
