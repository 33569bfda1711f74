/** Multipart uploads. Completing one copies nothing: the parts become the object's segments. */
import { createHash } from "node:crypto";
import { Writable } from "node:stream";
import { AwsError } from "../service.ts";
import type { BucketAccess } from "./access.ts";
import { receiveDocument, receiveObject } from "./body.ts";
import {
  checksumElement,
  checksumElements,
  checksumHeaders,
  compositeChecksum,
  isChecksumAlgorithm,
  startChecksum,
} from "./checksums.ts";
import type { Checksum, ChecksumAlgorithm } from "./checksums.ts";
import { checkWrite, conditionsOf } from "./conditions.ts";
import { badDigest, invalidArgument, invalidRequest, noSuchUpload } from "./errors.ts";
import { describeUpload } from "./object-headers.ts";
import type { ObjectStore, StoredObject } from "./object-store.ts";
import { authorizeUpload } from "./put-object.ts";
import { header, sendEmpty, sendXml } from "./request.ts";
import type { ObjectRequest } from "./request.ts";
import type { Part, Upload } from "./upload-store.ts";
import { malformedXml, parseXml } from "./xml.ts";

const MAX_PART_NUMBER = 10_000;
/** Minimum for all parts but the last. */
const MIN_PART_BYTES = 5 * 1024 * 1024;

export function createUpload(access: BucketAccess, context: ObjectRequest): void {
  const { request, response, bucket, key, nowMs } = context;
  authorizeUpload(access, context);
  const checksum = declaredChecksum(context);
  const upload = bucket.uploads.begin({
    key,
    initiatedMs: nowMs,
    description: describeUpload(request.headers),
    ...(checksum && { checksum }),
  });
  if (checksum) {
    response.setHeader("x-amz-checksum-algorithm", checksum.algorithm.toUpperCase());
    response.setHeader("x-amz-checksum-type", checksum.type);
  }
  sendXml(response, "InitiateMultipartUploadResult", { Bucket: bucket.name, Key: key, UploadId: upload.id });
}

export async function uploadPart(access: BucketAccess, context: ObjectRequest): Promise<void> {
  const { request, response, query, bucket, key, caller, nowMs } = context;
  access.object(caller, "PutObject", bucket, key);
  const number = Number(query.get("partNumber"));
  if (!Number.isInteger(number) || number < 1 || number > MAX_PART_NUMBER) {
    throw invalidArgument(
      "Part number must be an integer between 1 and 10000, inclusive",
      "partNumber",
      query.get("partNumber") ?? "",
    );
  }
  const { upload } = openUpload(context);
  const secretAccessKey = access.secretOf(caller.accessKeyId)?.secretAccessKey;
  const algorithm = upload.checksum?.algorithm;
  const { segment, md5, checksum } = await receiveObject(request, bucket.objects, { secretAccessKey, algorithm });
  if (!bucket.uploads.get(upload.id) || (algorithm && checksum?.algorithm !== algorithm)) {
    bucket.objects.discard([segment]);
    if (!bucket.uploads.get(upload.id)) throw noSuchUpload(upload.id);
    throw invalidRequest(
      `Checksum Type mismatch occurred, expected checksum Type: ${algorithm}, actual checksum Type: ${checksum?.algorithm}`,
    );
  }
  try {
    bucket.uploads.putPart(upload.id, {
      number,
      etag: md5,
      segment,
      lastModifiedMs: nowMs,
      ...(checksum && { checksum }),
    });
  } catch (error) {
    bucket.objects.discard([segment]);
    throw error;
  }
  sendEmpty(response, 200, {
    etag: `"${md5}"`,
    "x-amz-server-side-encryption": "AES256",
    ...(checksum && { [`x-amz-checksum-${checksum.algorithm}`]: checksum.value }),
  });
}

export async function completeUpload(access: BucketAccess, context: ObjectRequest): Promise<void> {
  const { request, response, bucket, key, caller, nowMs } = context;
  access.object(caller, "PutObject", bucket, key);
  const { upload, parts: stored } = openUpload(context);
  const document = parseXml(await receiveDocument(request), "CompleteMultipartUpload");
  const parts = chosenParts(document, stored, upload);
  const segments = parts.map((part) => part.segment);
  const bytes = segments.reduce((sum, segment) => sum + segment.bytes, 0);
  assertPromisedSize(header(request, "x-amz-mp-object-size"), bytes);
  const checksum = await wholeChecksum(upload, parts, bucket.objects);
  assertPromisedChecksum(checksum, context);
  const md5s = createHash("md5");
  for (const part of parts) md5s.update(Buffer.from(part.etag, "hex"));
  const object: StoredObject = {
    key,
    etag: `${md5s.digest("hex")}-${parts.length}`,
    bytes,
    lastModifiedMs: nowMs,
    segments,
    ...upload.description,
    ...(checksum && { checksum }),
  };
  // The upload may have been completed or aborted while its parts were read for a checksum.
  openUpload(context);
  checkWrite(conditionsOf(request.headers), key, bucket.objects.get(key));
  bucket.objects.commit(object);
  bucket.uploads.finish(upload.id, segments);
  for (const [name, value] of Object.entries(checksumHeaders(checksum))) response.setHeader(name, value);
  sendXml(response, "CompleteMultipartUploadResult", {
    Location: `http://${request.headers.host ?? ""}/${bucket.name}/${encodeURIComponent(key)}`,
    Bucket: bucket.name,
    Key: key,
    ETag: `"${object.etag}"`,
    ...checksumElements(checksum),
  });
}

export function abortUpload(access: BucketAccess, context: ObjectRequest): void {
  const { response, bucket, key, caller } = context;
  access.object(caller, "AbortMultipartUpload", bucket, key);
  bucket.uploads.abort(openUpload(context).upload.id);
  sendEmpty(response, 204);
}

/** @throws AwsError `NoSuchUpload` */
export function openUpload({ query, bucket, key }: ObjectRequest) {
  const id = query.get("uploadId") ?? "";
  const open = bucket.uploads.get(id);
  if (!open || open.upload.key !== key) throw noSuchUpload(id);
  return open;
}

/** CRC64NVME is always of the whole object, SHA always of the parts; the others are of the parts by default. */
function declaredChecksum({ request }: ObjectRequest): Upload["checksum"] {
  const name = header(request, "x-amz-checksum-algorithm")?.toLowerCase();
  if (name === undefined) return undefined;
  if (!isChecksumAlgorithm(name)) throw invalidRequest("Checksum algorithm provided is unsupported.");
  const type = header(request, "x-amz-checksum-type") ?? (name === "crc64nvme" ? "FULL_OBJECT" : "COMPOSITE");
  const isPossible = type === "FULL_OBJECT" ? name.startsWith("crc") : type === "COMPOSITE" && name !== "crc64nvme";
  if (!isPossible)
    throw invalidRequest(`The ${type} checksum type cannot be used with the ${name} checksum algorithm.`);
  return { algorithm: name, type: type as "FULL_OBJECT" | "COMPOSITE" };
}

/** @throws AwsError `InvalidPart`, `InvalidPartOrder`, `EntityTooSmall` */
function chosenParts(document: Record<string, any>, stored: ReadonlyMap<number, Part>, upload: Upload): Part[] {
  const listed = (document.Part ?? []) as Record<string, string>[];
  if (listed.length === 0) throw malformedXml();
  let previous = 0;
  const parts = listed.map((entry) => {
    const number = Number(entry.PartNumber);
    if (number <= previous) {
      throw new AwsError(
        400,
        "InvalidPartOrder",
        "The list of parts was not in ascending order. Parts must be ordered by part number.",
      );
    }
    previous = number;
    const part = stored.get(number);
    const algorithm = upload.checksum?.algorithm;
    const promised = algorithm && entry[checksumElement(algorithm)];
    if (
      !part ||
      (entry.ETag ?? "").replaceAll('"', "") !== part.etag ||
      (promised && promised !== part.checksum?.value)
    ) {
      throw new AwsError(
        400,
        "InvalidPart",
        "One or more of the specified parts could not be found. The part may not have been uploaded, or the specified entity tag may not match the part's entity tag.",
        { PartNumber: number },
      );
    }
    return part;
  });
  if (parts.slice(0, -1).some((part) => part.segment.bytes < MIN_PART_BYTES)) {
    throw new AwsError(400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", {
      MinSizeAllowed: MIN_PART_BYTES,
    });
  }
  return parts;
}

async function wholeChecksum(
  { checksum }: Upload,
  parts: readonly Part[],
  objects: ObjectStore,
): Promise<Checksum | undefined> {
  if (!checksum) return undefined;
  if (checksum.type === "COMPOSITE") {
    return compositeChecksum(
      checksum.algorithm,
      parts.map((part) => part.checksum!.value),
    );
  }
  return { ...checksum, value: await checksumOf(checksum.algorithm, parts, objects) };
}

async function checksumOf(algorithm: ChecksumAlgorithm, parts: readonly Part[], objects: ObjectStore): Promise<string> {
  const running = startChecksum(algorithm);
  for (const { segment } of parts) {
    const sink = new Writable({
      write(chunk: Buffer, _encoding, callback) {
        running.update(chunk);
        callback();
      },
    });
    await objects.send([segment], 0, segment.bytes - 1, sink);
  }
  return running.digest();
}

function assertPromisedChecksum(checksum: Checksum | undefined, { request }: ObjectRequest): void {
  if (!checksum) return;
  const promised = header(request, `x-amz-checksum-${checksum.algorithm}`);
  // A declared composite checksum may omit the number of parts.
  if (promised === undefined || checksum.value.replace(/-\d+$/, "") === promised.replace(/-\d+$/, "")) return;
  throw badDigest(`The ${checksum.algorithm.toUpperCase()} you specified did not match the calculated checksum.`);
}

function assertPromisedSize(promised: string | undefined, bytes: number): void {
  if (promised === undefined || Number(promised) === bytes) return;
  throw invalidRequest(
    `The provided 'x-amz-mp-object-size' header value ${promised} does not match what was computed: ${bytes}`,
  );
}
