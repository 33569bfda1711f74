/** A distribution's origin: a bucket, read through the S3 endpoint. */
import type { Readable } from "node:stream";
import { GetObjectCommand, S3ServiceException, type S3Client } from "@aws-sdk/client-s3";

export interface BucketOrigin {
  readonly bucket: string;
  /** Prefix of every key; without a trailing slash. */
  readonly pathPrefix: string;
}

export interface OriginAnswer {
  readonly status: number;
  /** Names in lowercase. */
  readonly headers: Record<string, string>;
  readonly body: Readable | string;
}

/**
 * The object at a viewer's path. A missing object gives 403, as from S3 to a distribution that may read objects but not list
 * the bucket.
 */
export async function fetchFromBucket(
  client: S3Client,
  { bucket, pathPrefix }: BucketOrigin,
  path: string,
  range?: string,
): Promise<OriginAnswer> {
  const Key = `${pathPrefix}${path}`.replace(/^\/+/, "");
  if (Key === "") return accessDenied();
  try {
    const found = await client.send(new GetObjectCommand({ Bucket: bucket, Key, Range: range }));
    return {
      status: found.ContentRange ? 206 : 200,
      headers: withoutUndefined({
        "content-type": found.ContentType,
        "content-length": found.ContentLength?.toString(),
        "content-range": found.ContentRange,
        "content-encoding": found.ContentEncoding,
        "content-disposition": found.ContentDisposition,
        "content-language": found.ContentLanguage,
        "cache-control": found.CacheControl,
        etag: found.ETag,
        "last-modified": found.LastModified?.toUTCString(),
        "accept-ranges": "bytes",
        ...userMetadata(found.Metadata ?? {}),
      }),
      // On Node the SDK returns a Readable.
      body: found.Body as Readable,
    };
  } catch (error) {
    if (!(error instanceof S3ServiceException)) throw error;
    const status = error.$metadata.httpStatusCode ?? 500;
    if (status === 404 || status === 403) return accessDenied();
    return xmlError(status, error.name, error.message);
  }
}

function accessDenied(): OriginAnswer {
  return xmlError(403, "AccessDenied", "Access Denied");
}

function xmlError(status: number, code: string, message: string): OriginAnswer {
  const body = `<?xml version="1.0" encoding="UTF-8"?>\n<Error><Code>${code}</Code><Message>${escape(message)}</Message></Error>`;
  const headers = { "content-type": "application/xml", "content-length": String(Buffer.byteLength(body)) };
  return { status, headers, body };
}

function escape(text: string): string {
  return text.replaceAll("&", "&amp;").replaceAll("<", "&lt;");
}

function userMetadata(metadata: Readonly<Record<string, string>>): Record<string, string> {
  return Object.fromEntries(Object.entries(metadata).map(([name, value]) => [`x-amz-meta-${name}`, value]));
}

function withoutUndefined(headers: Record<string, string | undefined>): Record<string, string> {
  const present = Object.entries(headers).filter((entry): entry is [string, string] => entry[1] !== undefined);
  return Object.fromEntries(present);
}
