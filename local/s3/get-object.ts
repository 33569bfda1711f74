/** GetObject and HeadObject. */
import { AwsError } from "../service.ts";
import type { BucketAccess } from "./access.ts";
import { assertReadable, restoreHeader } from "./archive.ts";
import { checksumHeaders } from "./checksums.ts";
import { checkRead, conditionsOf } from "./conditions.ts";
import { expirationHeader } from "./lifecycle.ts";
import { objectHeaders, overrides } from "./object-headers.ts";
import type { StoredObject } from "./object-store.ts";
import { header, sendEmpty } from "./request.ts";
import type { ObjectRequest } from "./request.ts";

/** First and last byte, both inclusive. */
interface ByteRange {
  readonly start: number;
  readonly end: number;
}

export async function getObject(access: BucketAccess, context: ObjectRequest): Promise<void> {
  const { request, response, query, bucket, key, caller, nowMs } = context;
  access.object(caller, "GetObject", bucket, key);
  const object = bucket.objects.get(key);
  if (!object) throw access.missing(caller, bucket, key);
  const headers = {
    ...objectHeaders(object),
    ...restoreHeader(object, nowMs),
    ...expirationHeader(bucket.lifecycle, object),
    ...overrides(query),
  };
  if (checkRead(conditionsOf(request.headers), object) === "unchanged") {
    const { etag, "last-modified": lastModified, "cache-control": cacheControl } = headers as Record<string, string>;
    sendEmpty(response, 304, {
      etag: etag!,
      "last-modified": lastModified!,
      ...(cacheControl && { "cache-control": cacheControl }),
    });
    return;
  }
  const headOnly = request.method === "HEAD";
  if (!headOnly) assertReadable(object, nowMs);
  const range = requestedRange(query, header(request, "range"), object);
  const { start, end } = range ?? { start: 0, end: object.bytes - 1 };
  response.writeHead(range ? 206 : 200, {
    ...headers,
    "content-length": end - start + 1,
    ...(range && { "content-range": `bytes ${start}-${end}/${object.bytes}` }),
    ...(query.has("partNumber") && { "x-amz-mp-parts-count": object.segments.length }),
    // The checksum is of the whole object, so it is left out for a range.
    ...(!range && header(request, "x-amz-checksum-mode") && checksumHeaders(object.checksum)),
  });
  if (headOnly || object.bytes === 0) response.end();
  else await bucket.objects.send(object.segments, start, end, response);
}

/** `undefined` for the whole object. @throws AwsError 416 `InvalidRange`, `InvalidPartNumber` */
function requestedRange(
  query: URLSearchParams,
  range: string | undefined,
  object: StoredObject,
): ByteRange | undefined {
  const part = query.get("partNumber");
  if (part !== null) return partRange(Number(part), object);
  if (range === undefined) return undefined;
  const match = /^bytes=(\d*)-(\d*)$/.exec(range.trim());
  // An invalid range, or several ranges, give the whole object.
  if (!match || (match[1] === "" && match[2] === "")) return undefined;
  const last = object.bytes - 1;
  const [first, second] = [match[1]!, match[2]!];
  const start = first === "" ? Math.max(0, object.bytes - Number(second)) : Number(first);
  const end = first === "" || second === "" ? last : Math.min(Number(second), last);
  if (first !== "" && second !== "" && Number(second) < Number(first)) return undefined;
  if (start > last || (first === "" && Number(second) === 0)) {
    throw new AwsError(416, "InvalidRange", "The requested range is not satisfiable", {
      RangeRequested: range,
      ActualObjectSize: object.bytes,
    });
  }
  return { start, end };
}

function partRange(number: number, object: StoredObject): ByteRange {
  const segment = object.segments[number - 1];
  if (!segment) throw new AwsError(416, "InvalidPartNumber", "The requested partnumber is not satisfiable");
  const start = object.segments.slice(0, number - 1).reduce((sum, { bytes }) => sum + bytes, 0);
  return { start, end: start + segment.bytes - 1 };
}
