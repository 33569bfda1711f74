/** Asks S3 to restore every archived object under a prefix. */
import { RestoreObjectCommand, S3ServiceException } from "@aws-sdk/client-s3";
import { RESTORED_COPY_DAYS, archiveStatusOf } from "../../../core/dataset/archive.ts";
import { ENVIRONMENT } from "../../../core/environment.ts";
import { objectClient, setting } from "../clients.ts";
import { listObjects } from "./listObjects.ts";

const MAX_CONCURRENT_RESTORES = 32;

/** Idempotent. @throws Error when S3 rejects an object */
export async function restoreAll(prefix: string): Promise<void> {
  for await (const page of listObjects(prefix)) {
    const archived = page.filter((object) => archiveStatusOf(object).state === "ARCHIVED");
    for (let first = 0; first < archived.length; first += MAX_CONCURRENT_RESTORES)
      await Promise.all(archived.slice(first, first + MAX_CONCURRENT_RESTORES).map(({ key }) => restore(key)));
  }
}

/** Standard is the fastest tier that every class has. */
async function restore(Key: string): Promise<void> {
  const RestoreRequest = { Days: RESTORED_COPY_DAYS, GlacierJobParameters: { Tier: "Standard" as const } };
  try {
    await objectClient().send(new RestoreObjectCommand({ Bucket: setting(ENVIRONMENT.bucket), Key, RestoreRequest }));
  } catch (error) {
    if (!(error instanceof S3ServiceException && error.name === "RestoreAlreadyInProgress")) throw error;
  }
}
