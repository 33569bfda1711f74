/** PutObject. */
import type { BucketAccess } from "./access.ts";
import { receiveObject } from "./body.ts";
import type { Received } from "./body.ts";
import type { Bucket } from "./bucket.ts";
import { checksumHeaders } from "./checksums.ts";
import type { Checksum } from "./checksums.ts";
import { checkWrite, conditionsOf } from "./conditions.ts";
import type { Conditions } from "./conditions.ts";
import { expirationHeader } from "./lifecycle.ts";
import { describeUpload, uploadContext } from "./object-headers.ts";
import type { Description } from "./object-headers.ts";
import type { StoredObject } from "./object-store.ts";
import { sendEmpty } from "./request.ts";
import type { ObjectRequest } from "./request.ts";

export async function putObject(access: BucketAccess, context: ObjectRequest): Promise<void> {
  const { request, response, bucket, key, caller } = context;
  const { headers } = request;
  authorizeUpload(access, context);
  const description = describeUpload(headers);
  const conditions = conditionsOf(headers);
  // Checked before the upload, to avoid a useless one, and again after it.
  checkWrite(conditions, key, bucket.objects.get(key));
  const secretAccessKey = access.secretOf(caller.accessKeyId)?.secretAccessKey;
  const received = await receiveObject(request, bucket.objects, { secretAccessKey });
  const object = store(bucket, key, received, description, conditions, context.nowMs);
  sendEmpty(response, 200, { ...writtenHeaders(object), ...expirationHeader(bucket.lifecycle, object) });
}

/** Tags on an upload need their own permission. @throws AwsError `AccessDenied` */
export function authorizeUpload(access: BucketAccess, { request, bucket, key, caller }: ObjectRequest): void {
  const context = uploadContext(request.headers);
  access.object(caller, "PutObject", bucket, key, context);
  if (request.headers["x-amz-tagging"] !== undefined) access.object(caller, "PutObjectTagging", bucket, key, context);
}

/** Stores received bytes as an object; drops them if a condition fails. */
export function store(
  bucket: Bucket,
  key: string,
  { segment, md5, checksum }: Received,
  description: Description,
  conditions: Conditions,
  nowMs: number,
): StoredObject {
  const whole: Checksum | undefined = checksum && { ...checksum, type: "FULL_OBJECT" };
  const object: StoredObject = {
    key,
    etag: md5,
    bytes: segment.bytes,
    lastModifiedMs: nowMs,
    segments: [segment],
    ...description,
    ...(whole && { checksum: whole }),
  };
  try {
    checkWrite(conditions, key, bucket.objects.get(key));
    bucket.objects.commit(object);
  } catch (error) {
    bucket.objects.discard(object.segments);
    throw error;
  }
  return object;
}

export function writtenHeaders(object: StoredObject): Record<string, string> {
  return {
    etag: `"${object.etag}"`,
    "x-amz-server-side-encryption": "AES256",
    ...checksumHeaders(object.checksum),
  };
}
