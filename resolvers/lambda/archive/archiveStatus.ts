/** Asks S3 where a dataset, or one file of it, lies. */
import { HeadObjectCommand } from "@aws-sdk/client-s3";
import { NOT_ARCHIVED, combineArchiveStatuses, archiveStatusOf, type ArchiveStatus } from "../../../core/dataset/archive.ts";
import { ENVIRONMENT } from "../../../core/environment.ts";
import { objectClient, setting } from "../clients.ts";
import { listStored } from "./listObjects.ts";

/** All objects under a prefix together. What is still coming back decides, so the rest need not be looked at then. */
export async function stateOf(prefix: string): Promise<ArchiveStatus> {
  let whereabouts = NOT_ARCHIVED;
  for await (const page of listStored(prefix)) {
    whereabouts = page.map(archiveStatusOf).reduce(combineArchiveStatuses, whereabouts);
    if (whereabouts.state === "RESTORING") break;
  }
  return whereabouts;
}

/** @throws S3ServiceException when there is no such object, or it may not be read */
export async function stateOfFile(key: string): Promise<ArchiveStatus> {
  const { StorageClass, Restore = "" } = await objectClient().send(
    new HeadObjectCommand({ Bucket: setting(ENVIRONMENT.bucket), Key: key }),
  );
  // ongoing-request="false", expiry-date="Fri, 21 Dec 2012 00:00:00 GMT"
  const until = /expiry-date="([^"]+)"/.exec(Restore)?.[1];
  return archiveStatusOf({
    storageClass: StorageClass,
    isBeingRestored: Restore.includes('ongoing-request="true"'),
    ...(until && { restoredUntil: new Date(until).toISOString() }),
  });
}
