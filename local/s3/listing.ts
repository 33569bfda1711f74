/** ListObjectsV2 and ListObjects: keys in order, grouped at a delimiter, page by page. */
import type { BucketAccess } from "./access.ts";
import { restoreStatus } from "./archive.ts";
import type { Bucket } from "./bucket.ts";
import { invalidArgument } from "./errors.ts";
import type { StoredObject } from "./object-store.ts";
import { sendXml } from "./request.ts";
import type { BucketRequest } from "./request.ts";
import type { XmlElements } from "./xml.ts";

const MAX_KEYS = 1000;
/** Sorts after every key that begins with the same text. */
const BEYOND = "\u{10ffff}";

interface ListOptions {
  readonly prefix: string;
  readonly delimiter: string;
  readonly maxKeys: number;
  /** Exclusive; "" begins at the start. */
  readonly after: string;
}

interface Page {
  readonly objects: readonly StoredObject[];
  readonly commonPrefixes: readonly string[];
  /** The page's last key or common prefix, if there is more. */
  readonly next?: string;
}

export function listObjectsV2(access: BucketAccess, context: BucketRequest): void {
  const { request, response, query, bucket, caller, nowMs } = context;
  const options = readOptions(query);
  access.bucket(caller, "ListBucket", bucket, listContext(query));
  const token = query.get("continuation-token") ?? undefined;
  const startAfter = query.get("start-after") ?? undefined;
  const after = token === undefined ? (startAfter ?? "") : fromToken(token);
  const page = listPage(bucket, { ...options, after });
  const encode = encoder(query);
  const withOwner = query.get("fetch-owner") === "true";
  const withRestore = String(request.headers["x-amz-optional-object-attributes"]).includes("RestoreStatus");
  sendXml(response, "ListBucketResult", {
    ...shared(bucket, query, options, page, encode),
    KeyCount: page.objects.length + page.commonPrefixes.length,
    ContinuationToken: token,
    NextContinuationToken: page.next === undefined ? undefined : toToken(page.next, options),
    StartAfter: startAfter === undefined ? undefined : encode(startAfter),
    Contents: page.objects.map((object) => ({
      ...contents(object, encode, withOwner),
      RestoreStatus: withRestore ? restoreStatus(object, nowMs) : undefined,
    })),
    CommonPrefixes: page.commonPrefixes.map((prefix) => ({ Prefix: encode(prefix) })),
  });
}

/** The older form: pages continue at a marker. */
export function listObjects(access: BucketAccess, { response, query, bucket, caller }: BucketRequest): void {
  const options = readOptions(query);
  access.bucket(caller, "ListBucket", bucket, listContext(query));
  const marker = query.get("marker") ?? "";
  const page = listPage(bucket, { ...options, after: isFolded(marker, options) ? marker + BEYOND : marker });
  const encode = encoder(query);
  sendXml(response, "ListBucketResult", {
    ...shared(bucket, query, options, page, encode),
    Marker: encode(marker),
    NextMarker: page.next !== undefined && options.delimiter ? encode(page.next) : undefined,
    Contents: page.objects.map((object) => contents(object, encode, true)),
    CommonPrefixes: page.commonPrefixes.map((prefix) => ({ Prefix: encode(prefix) })),
  });
}

/** One page; a common prefix counts as one key and is skipped as a whole. */
function listPage(bucket: Bucket, { prefix, delimiter, maxKeys, after }: ListOptions): Page {
  const objects: StoredObject[] = [];
  const commonPrefixes: string[] = [];
  let last: string | undefined;
  let from = after >= prefix && after !== "" ? `${after}\0` : prefix;
  if (maxKeys === 0) return { objects, commonPrefixes };
  for (;;) {
    const key = bucket.objects.firstKeyAtOrAfter(from);
    if (key === undefined || !key.startsWith(prefix)) return { objects, commonPrefixes };
    if (objects.length + commonPrefixes.length === maxKeys) return { objects, commonPrefixes, next: last! };
    const cut = delimiter === "" ? -1 : key.indexOf(delimiter, prefix.length);
    if (cut < 0) {
      objects.push(bucket.objects.get(key)!);
      last = key;
      from = `${key}\0`;
    } else {
      last = key.slice(0, cut + delimiter.length);
      commonPrefixes.push(last);
      from = last + BEYOND;
    }
  }
}

function readOptions(query: URLSearchParams): Omit<ListOptions, "after"> {
  const text = query.get("max-keys") ?? String(MAX_KEYS);
  if (!/^\d+$/.test(text))
    throw invalidArgument("Provided max-keys not an integer or within integer range", "max-keys", text);
  return {
    prefix: query.get("prefix") ?? "",
    delimiter: query.get("delimiter") ?? "",
    maxKeys: Math.min(MAX_KEYS, Number(text)),
  };
}

/** The condition keys with which a policy can restrict a listing. */
function listContext(query: URLSearchParams): Record<string, string> {
  const named = ["prefix", "delimiter", "max-keys"].filter((name) => query.has(name));
  return Object.fromEntries(named.map((name) => [`s3:${name}`, query.get(name) ?? ""]));
}

function shared(
  bucket: Bucket,
  query: URLSearchParams,
  { prefix, delimiter, maxKeys }: Omit<ListOptions, "after">,
  page: Page,
  encode: (text: string) => string,
): XmlElements {
  return {
    Name: bucket.name,
    Prefix: encode(prefix),
    Delimiter: delimiter === "" ? undefined : encode(delimiter),
    MaxKeys: maxKeys,
    EncodingType: query.get("encoding-type") ?? undefined,
    IsTruncated: page.next !== undefined,
  };
}

function contents(object: StoredObject, encode: (text: string) => string, withOwner: boolean): XmlElements {
  return {
    Key: encode(object.key),
    LastModified: new Date(object.lastModifiedMs).toISOString(),
    ETag: `"${object.etag}"`,
    ChecksumAlgorithm: object.checksum?.algorithm.toUpperCase(),
    ChecksumType: object.checksum?.type,
    Size: object.bytes,
    StorageClass: object.storageClass,
    Owner: withOwner ? { ID: "local" } : undefined,
  };
}

/** XML cannot represent every character of a key; clients can request percent-encoding. */
function encoder(query: URLSearchParams): (text: string) => string {
  const encoding = query.get("encoding-type");
  if (encoding === null) return (text) => text;
  if (encoding !== "url")
    throw invalidArgument("Invalid Encoding Method specified in Request", "encoding-type", encoding);
  return (text) => encodeURIComponent(text).replaceAll("%2F", "/");
}

function toToken(next: string, options: Omit<ListOptions, "after">): string {
  return Buffer.from(isFolded(next, options) ? next + BEYOND : next).toString("base64url");
}

function fromToken(token: string): string {
  const text = Buffer.from(token, "base64url").toString("utf8");
  if (text === "") throw invalidArgument("The continuation token provided is incorrect", "continuation-token", token);
  return text;
}

/** Whether a position is a common prefix rather than a key. */
function isFolded(position: string, { prefix, delimiter }: Omit<ListOptions, "after">): boolean {
  if (delimiter === "" || !position.startsWith(prefix)) return false;
  const cut = position.indexOf(delimiter, prefix.length);
  return cut >= 0 && cut + delimiter.length === position.length;
}
