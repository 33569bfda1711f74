/** Asks S3 to restore whatever lies archived under a prefix. */
import { RestoreObjectCommand, S3ServiceException } from "@aws-sdk/client-s3";
import { RESTORED_COPY_DAYS, archiveStatusOf } from "../../../core/dataset/archive.ts";
import { ENVIRONMENT } from "../../../core/environment.ts";
import { objectClient, setting } from "../clients.ts";
import { listStored } from "./listObjects.ts";

const ASKED_AT_ONCE = 32;

/** Twice is as good as once. @throws Error when S3 refuses an object */
export async function restoreAll(prefix: string): Promise<void> {
  for await (const page of listStored(prefix)) {
    const archived = page.filter((object) => archiveStatusOf(object).state === "ARCHIVED");
    for (let first = 0; first < archived.length; first += ASKED_AT_ONCE)
      await Promise.all(archived.slice(first, first + ASKED_AT_ONCE).map(({ key }) => restore(key)));
  }
}

/** Standard: the fastest speed that every class has. */
async function restore(Key: string): Promise<void> {
  const RestoreRequest = { Days: RESTORED_COPY_DAYS, GlacierJobParameters: { Tier: "Standard" as const } };
  try {
    await objectClient().send(new RestoreObjectCommand({ Bucket: setting(ENVIRONMENT.bucket), Key, RestoreRequest }));
  } catch (error) {
    if (!(error instanceof S3ServiceException && error.name === "RestoreAlreadyInProgress")) throw error;
  }
}
