/** CopyObject. */
import { createWriteStream } from "node:fs";
import type { BucketAccess } from "./access.ts";
import { assertReadable } from "./archive.ts";
import type { Bucket } from "./bucket.ts";
import { checksumElements } from "./checksums.ts";
import { checkRead, checkWrite, conditionsOf } from "./conditions.ts";
import { invalidArgument, invalidRequest, noSuchBucket, preconditionFailed } from "./errors.ts";
import { describeUpload } from "./object-headers.ts";
import type { ObjectStore, Segment, StoredObject } from "./object-store.ts";
import { authorizeUpload } from "./put-object.ts";
import { decodeUri, header, sendXml } from "./request.ts";
import type { ObjectRequest } from "./request.ts";

const MAX_COPY_BYTES = 5 * 1024 ** 3;

export async function copyObject(
  access: BucketAccess,
  context: ObjectRequest,
  buckets: ReadonlyMap<string, Bucket>,
): Promise<void> {
  const { request, response, bucket, key, caller, nowMs } = context;
  const source = sourceOf(header(request, "x-amz-copy-source") ?? "", buckets);
  access.object(caller, "GetObject", source.bucket, source.key);
  authorizeUpload(access, context);
  const original = source.bucket.objects.get(source.key);
  if (!original) throw access.missing(caller, source.bucket, source.key);
  if (checkRead(conditionsOf(request.headers, "x-amz-copy-source-"), original) === "unchanged") {
    throw preconditionFailed("x-amz-copy-source");
  }
  assertReadable(original, nowMs);
  if (original.bytes > MAX_COPY_BYTES)
    throw invalidRequest("The specified copy source is larger than the maximum allowable size: 5368709120");
  const description = describeCopy(request.headers, original, source.bucket === bucket && source.key === key);
  const segments = await copySegments(source.bucket.objects, original.segments, bucket.objects);
  const { restore: _notCopied, ...copied } = original;
  const object: StoredObject = { ...copied, ...description, key, lastModifiedMs: nowMs, segments };
  try {
    checkWrite(conditionsOf(request.headers), key, bucket.objects.get(key));
    bucket.objects.commit(object);
  } catch (error) {
    bucket.objects.discard(segments);
    throw error;
  }
  sendXml(response, "CopyObjectResult", {
    ETag: `"${object.etag}"`,
    LastModified: new Date(nowMs).toISOString(),
    ...checksumElements(object.checksum),
  });
}

/** The copy's metadata: the original's, or this request's if it asks to replace it. */
function describeCopy(headers: ObjectRequest["request"]["headers"], original: StoredObject, ontoItself: boolean) {
  const given = describeUpload(headers);
  const replacesMetadata = headers["x-amz-metadata-directive"] === "REPLACE";
  const replacesTags = headers["x-amz-tagging-directive"] === "REPLACE";
  if (ontoItself && !replacesMetadata && !replacesTags && headers["x-amz-storage-class"] === undefined) {
    throw invalidRequest(
      "This copy request is illegal because it is trying to copy an object to itself without changing the object's metadata, storage class, website redirect location or encryption attributes.",
    );
  }
  return {
    headers: replacesMetadata ? given.headers : original.headers,
    metadata: replacesMetadata ? given.metadata : original.metadata,
    tags: replacesTags ? given.tags : original.tags,
    storageClass: given.storageClass,
  };
}

function sourceOf(text: string, buckets: ReadonlyMap<string, Bucket>): { bucket: Bucket; key: string } {
  const [, name = "", path = ""] = /^\/?([^/]+)\/(.+)$/s.exec(text.replace(/\?versionId=.*$/, "")) ?? [];
  if (!name || !path) {
    throw invalidArgument(
      "Copy Source must mention the source bucket and key: sourcebucket/sourcekey",
      "x-amz-copy-source",
      text,
    );
  }
  const bucket = buckets.get(decodeUri(name));
  if (!bucket) throw noSuchBucket(name);
  return { bucket, key: decodeUri(path) };
}

async function copySegments(from: ObjectStore, segments: readonly Segment[], to: ObjectStore): Promise<Segment[]> {
  const copies: Segment[] = [];
  try {
    for (const segment of segments) {
      const { file, path } = to.newSegment();
      copies.push({ file, bytes: segment.bytes });
      await from.send([segment], 0, segment.bytes - 1, createWriteStream(path));
    }
  } catch (error) {
    to.discard(copies);
    throw error;
  }
  return copies;
}
