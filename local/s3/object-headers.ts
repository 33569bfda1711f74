/** An object's metadata: read from upload headers, returned as response headers. */
import type { IncomingHttpHeaders } from "node:http";
import { AwsError } from "../service.ts";
import { invalidArgument } from "./errors.ts";
import type { StoredObject } from "./object-store.ts";

export type Description = Pick<StoredObject, "headers" | "metadata" | "tags" | "storageClass">;

const KEPT_HEADERS = [
  "cache-control",
  "content-disposition",
  "content-language",
  "expires",
  "x-amz-website-redirect-location",
];
const DEFAULT_CONTENT_TYPE = "binary/octet-stream";
const METADATA_PREFIX = "x-amz-meta-";
const MAX_METADATA_BYTES = 2048;
const MAX_TAGS = 10;
export const STORAGE_CLASSES = [
  "STANDARD",
  "REDUCED_REDUNDANCY",
  "STANDARD_IA",
  "INTELLIGENT_TIERING",
  "ONEZONE_IA",
  "GLACIER_IR",
  "GLACIER",
  "DEEP_ARCHIVE",
] as const;

/**
 * From the headers of an upload (or the fields of a form, by the same names).
 * @throws AwsError `MetadataTooLarge`, `InvalidStorageClass`, `InvalidArgument` for invalid tags
 */
export function describeUpload(headers: IncomingHttpHeaders): Description {
  const kept = KEPT_HEADERS.filter((name) => headers[name] !== undefined).map((name) => [name, String(headers[name])]);
  const encoding = contentEncoding(headers["content-encoding"]);
  const storageClass = String(headers["x-amz-storage-class"] ?? "STANDARD");
  if (!(STORAGE_CLASSES as readonly string[]).includes(storageClass)) {
    throw new AwsError(400, "InvalidStorageClass", "The storage class you specified is not valid", {
      StorageClassRequested: storageClass,
    });
  }
  return {
    headers: {
      "content-type": headers["content-type"] ?? DEFAULT_CONTENT_TYPE,
      ...Object.fromEntries(kept),
      ...(encoding && { "content-encoding": encoding }),
    },
    metadata: metadataOf(headers),
    tags: parseTagging(String(headers["x-amz-tagging"] ?? "")),
    storageClass,
  };
}

/** `a=1&b=2`. @throws AwsError `InvalidTag` */
export function parseTagging(text: string): Record<string, string> {
  const tags = Object.fromEntries(new URLSearchParams(text));
  assertTags(tags);
  return tags;
}

/** @throws AwsError `InvalidTag`, `BadRequest` for more than ten */
export function assertTags(tags: Readonly<Record<string, string>>): void {
  if (Object.keys(tags).length > MAX_TAGS)
    throw new AwsError(400, "BadRequest", "Object tags cannot be greater than 10");
  for (const [key, value] of Object.entries(tags)) {
    if (key === "" || key.length > 128)
      throw new AwsError(400, "InvalidTag", "The TagKey you have provided is invalid");
    if (value.length > 256) throw new AwsError(400, "InvalidTag", "The TagValue you have provided is invalid");
  }
}

/** Condition keys from an upload's headers. */
export function uploadContext(headers: IncomingHttpHeaders): Record<string, string | string[]> {
  const names = ["x-amz-server-side-encryption", "x-amz-storage-class", "x-amz-acl", "x-amz-copy-source"];
  const present = names
    .filter((name) => headers[name] !== undefined)
    .map((name) => [`s3:${name}`, String(headers[name])]);
  const tags = Object.entries(parseTagging(String(headers["x-amz-tagging"] ?? "")));
  return {
    ...Object.fromEntries(present),
    ...Object.fromEntries(tags.map(([key, value]) => [`s3:RequestObjectTag/${key}`, value])),
    ...(tags.length > 0 && { "s3:RequestObjectTagKeys": tags.map(([key]) => key) }),
  };
}

/** Headers of every response with an object. */
export function objectHeaders(object: StoredObject): Record<string, string> {
  const metadata = Object.entries(object.metadata).map(([name, value]) => [METADATA_PREFIX + name, value]);
  const tagCount = Object.keys(object.tags).length;
  return {
    ...object.headers,
    ...Object.fromEntries(metadata),
    etag: `"${object.etag}"`,
    "last-modified": new Date(object.lastModifiedMs).toUTCString(),
    "accept-ranges": "bytes",
    "x-amz-server-side-encryption": "AES256",
    ...(object.storageClass !== "STANDARD" && { "x-amz-storage-class": object.storageClass }),
    ...(tagCount > 0 && { "x-amz-tagging-count": String(tagCount) }),
  };
}

const OVERRIDABLE = [
  "content-type",
  "content-language",
  "expires",
  "cache-control",
  "content-disposition",
  "content-encoding",
];

/** `response-content-type` and so on in the query of a signed read. */
export function overrides(query: URLSearchParams): Record<string, string> {
  const given = OVERRIDABLE.filter((name) => query.has(`response-${name}`));
  return Object.fromEntries(
    given.map((name) => {
      const value = query.get(`response-${name}`) ?? "";
      if (/[\r\n]/.test(value))
        throw invalidArgument("Header values must not contain line breaks.", `response-${name}`, value);
      // HTTP headers are bytes; beyond Latin-1 they are sent as UTF-8, as by S3.
      return [name, Buffer.from(value, "utf8").toString("latin1")];
    }),
  );
}

function metadataOf(headers: IncomingHttpHeaders): Record<string, string> {
  const entries = Object.entries(headers)
    .filter(([name]) => name.startsWith(METADATA_PREFIX))
    .map(([name, value]) => [name.slice(METADATA_PREFIX.length), String(value)] as const);
  const bytes = entries.reduce((sum, [name, value]) => sum + name.length + value.length, 0);
  if (bytes > MAX_METADATA_BYTES) {
    throw new AwsError(400, "MetadataTooLarge", "Your metadata headers exceed the maximum allowed metadata size", {
      Size: bytes,
      MaxSizeAllowed: MAX_METADATA_BYTES,
    });
  }
  return Object.fromEntries(entries);
}

/** `aws-chunked` is the framing of the upload, not a property of the object. */
function contentEncoding(value: string | undefined): string | undefined {
  const encodings = (value ?? "").split(",").map((name) => name.trim());
  return encodings.filter((name) => name !== "" && name !== "aws-chunked").join(",") || undefined;
}
