/** ListParts and ListMultipartUploads. */
import type { BucketAccess } from "./access.ts";
import { compareKeys } from "./sorted-keys.ts";
import { checksumElement } from "./checksums.ts";
import { openUpload } from "./multipart.ts";
import { sendXml } from "./request.ts";
import type { BucketRequest, ObjectRequest } from "./request.ts";
import type { Upload } from "./upload-store.ts";

const MAX_ENTRIES = 1000;

export function listParts(access: BucketAccess, context: ObjectRequest): void {
  const { response, query, bucket, key, caller } = context;
  access.object(caller, "ListMultipartUploadParts", bucket, key);
  const { upload, parts } = openUpload(context);
  const marker = Number(query.get("part-number-marker") ?? 0);
  const maxParts = Math.min(MAX_ENTRIES, Number(query.get("max-parts") ?? MAX_ENTRIES));
  const rest = [...parts.values()].sort((a, b) => a.number - b.number).filter((part) => part.number > marker);
  const page = rest.slice(0, maxParts);
  const isTruncated = rest.length > page.length;
  sendXml(response, "ListPartsResult", {
    Bucket: bucket.name,
    Key: key,
    UploadId: upload.id,
    PartNumberMarker: marker,
    NextPartNumberMarker: isTruncated ? page.at(-1)?.number : undefined,
    MaxParts: maxParts,
    IsTruncated: isTruncated,
    StorageClass: upload.description.storageClass,
    ChecksumAlgorithm: upload.checksum?.algorithm.toUpperCase(),
    ChecksumType: upload.checksum?.type,
    Part: page.map((part) => ({
      PartNumber: part.number,
      LastModified: new Date(part.lastModifiedMs).toISOString(),
      ETag: `"${part.etag}"`,
      Size: part.segment.bytes,
      ...(part.checksum && { [checksumElement(part.checksum.algorithm)]: part.checksum.value }),
    })),
  });
}

export function listUploads(access: BucketAccess, { response, query, bucket, caller }: BucketRequest): void {
  access.bucket(caller, "ListBucketMultipartUploads", bucket);
  const prefix = query.get("prefix") ?? "";
  const keyMarker = query.get("key-marker") ?? "";
  const idMarker = query.get("upload-id-marker") ?? "";
  const maxUploads = Math.min(MAX_ENTRIES, Number(query.get("max-uploads") ?? MAX_ENTRIES));
  const rest = bucket.uploads
    .all()
    .filter((upload) => upload.key.startsWith(prefix))
    .sort((a, b) => compareKeys(a.key, b.key) || compareKeys(a.id, b.id))
    .filter((upload) => isAfter(upload, keyMarker, idMarker));
  const page = rest.slice(0, maxUploads);
  const last = rest.length > page.length ? page.at(-1) : undefined;
  sendXml(response, "ListMultipartUploadsResult", {
    Bucket: bucket.name,
    Prefix: prefix || undefined,
    KeyMarker: keyMarker,
    UploadIdMarker: idMarker,
    NextKeyMarker: last?.key,
    NextUploadIdMarker: last?.id,
    MaxUploads: maxUploads,
    IsTruncated: last !== undefined,
    Upload: page.map((upload) => ({
      Key: upload.key,
      UploadId: upload.id,
      StorageClass: upload.description.storageClass,
      Initiated: new Date(upload.initiatedMs).toISOString(),
    })),
  });
}

function isAfter(upload: Upload, keyMarker: string, idMarker: string): boolean {
  if (keyMarker === "") return true;
  const order = compareKeys(upload.key, keyMarker);
  return order > 0 || (order === 0 && idMarker !== "" && compareKeys(upload.id, idMarker) > 0);
}
