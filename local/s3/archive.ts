/** Archived objects (GLACIER, DEEP_ARCHIVE): not readable until restored, and then for some days. */
import { AwsError } from "../service.ts";
import type { BucketAccess } from "./access.ts";
import { receiveDocument } from "./body.ts";
import type { StoredObject } from "./object-store.ts";
import { sendEmpty } from "./request.ts";
import type { ObjectRequest } from "./request.ts";
import type { Restorations } from "./restorations.ts";
import { malformedXml, parseXml } from "./xml.ts";
import type { XmlElements } from "./xml.ts";

// GLACIER_IR is archived in name only: it can be read immediately.
const ARCHIVE_CLASSES = new Set(["GLACIER", "DEEP_ARCHIVE"]);

/** @throws AwsError 403 `InvalidObjectState` */
export function assertReadable(object: StoredObject, nowMs: number): void {
  if (!ARCHIVE_CLASSES.has(object.storageClass) || isRestored(object, nowMs)) return;
  throw invalidObjectState("The operation is not valid for the object's storage class", object.storageClass);
}

/** `x-amz-restore`, during a restore and while its copy exists. */
export function restoreHeader(object: StoredObject, nowMs: number): Record<string, string> {
  const { restore } = object;
  if (!restore || restore.untilMs <= nowMs) return {};
  if (restore.readyAtMs > nowMs) return { "x-amz-restore": 'ongoing-request="true"' };
  const expiry = new Date(restore.untilMs).toUTCString();
  return { "x-amz-restore": `ongoing-request="false", expiry-date="${expiry}"` };
}

/** The same for listings that request it. */
export function restoreStatus({ restore }: StoredObject, nowMs: number): XmlElements | undefined {
  if (!restore || restore.untilMs <= nowMs) return undefined;
  if (restore.readyAtMs > nowMs) return { IsRestoreInProgress: true };
  return { IsRestoreInProgress: false, RestoreExpiryDate: new Date(restore.untilMs).toISOString() };
}

/** RestoreObject: 202 for a new restore, 200 when it only extends one. */
export async function restoreObject(
  access: BucketAccess,
  context: ObjectRequest,
  restorations: Restorations,
): Promise<void> {
  const { request, response, bucket, key, caller, nowMs } = context;
  access.object(caller, "RestoreObject", bucket, key);
  const days = restoreDays(await receiveDocument(request));
  const object = bucket.objects.get(key);
  if (!object) throw access.missing(caller, bucket, key);
  if (!ARCHIVE_CLASSES.has(object.storageClass)) {
    throw invalidObjectState("Restore is not allowed for the object's current storage class", object.storageClass);
  }
  if (object.restore && object.restore.readyAtMs > nowMs) {
    throw new AwsError(409, "RestoreAlreadyInProgress", "Object restore is already in progress");
  }
  if (isRestored(object, nowMs)) {
    restorations.prolong(bucket, object, days);
    return sendEmpty(response, 200);
  }
  restorations.begin(bucket, object, days);
  sendEmpty(response, 202);
}

function isRestored(
  object: StoredObject,
  nowMs: number,
): object is StoredObject & Required<Pick<StoredObject, "restore">> {
  const { restore } = object;
  return restore !== undefined && restore.readyAtMs <= nowMs && nowMs < restore.untilMs;
}

function restoreDays(text: string): number {
  const days = Number(parseXml(text, "RestoreRequest").Days);
  if (!Number.isInteger(days) || days < 1) throw malformedXml();
  return days;
}

function invalidObjectState(message: string, storageClass: string): AwsError {
  return new AwsError(403, "InvalidObjectState", message, { StorageClass: storageClass });
}
