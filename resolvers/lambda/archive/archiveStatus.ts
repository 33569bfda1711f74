/** Asks S3 whether a dataset, or one file of it, is archived. */
import { HeadObjectCommand } from "@aws-sdk/client-s3";
import {
  NOT_ARCHIVED,
  mergeArchiveStatus,
  archiveStatusOf,
  type ArchiveStatus,
} from "../../../core/dataset/archive.ts";
import { ENVIRONMENT } from "../../../core/environment.ts";
import { objectClient, setting } from "../clients.ts";
import { listObjects } from "./listObjects.ts";

/** The status of all objects under a prefix together. One that is being restored decides it, so the rest need not be read. */
export async function archiveStatus(prefix: string): Promise<ArchiveStatus> {
  let status = NOT_ARCHIVED;
  for await (const page of listObjects(prefix)) {
    status = page.map(archiveStatusOf).reduce(mergeArchiveStatus, status);
    if (status.state === "RESTORING") break;
  }
  return status;
}

/** @throws S3ServiceException when the object does not exist or may not be read */
export async function fileArchiveStatus(key: string): Promise<ArchiveStatus> {
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
