/** A request as S3 reads it: path-style address, query, headers. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { AwsError } from "../service.ts";
import type { Caller } from "../service.ts";
import type { Bucket } from "./bucket.ts";
import { xmlDocument } from "./xml.ts";
import type { XmlElements } from "./xml.ts";

const MAX_KEY_BYTES = 1024;

/** A parsed request address. */
export interface Address {
  readonly bucket: string | undefined;
  /** `undefined` when the request is about the bucket itself. */
  readonly key: string | undefined;
  readonly query: URLSearchParams;
}

/** An authenticated request to an existing bucket. */
export interface BucketRequest {
  readonly request: IncomingMessage;
  readonly response: ServerResponse;
  readonly query: URLSearchParams;
  readonly bucket: Bucket;
  readonly caller: Caller;
  readonly nowMs: number;
}

export interface ObjectRequest extends BucketRequest {
  readonly key: string;
}

/** @throws AwsError `InvalidURI`, `KeyTooLongError` */
export function readAddress(url: string): Address {
  const [path = "", query = ""] = url.split(/\?(.*)/s);
  const [, bucket = "", key = ""] = /^\/([^/]*)\/?(.*)$/s.exec(path) ?? [];
  const decodedKey = decodeUri(key);
  if (Buffer.byteLength(decodedKey) > MAX_KEY_BYTES) {
    throw new AwsError(400, "KeyTooLongError", "Your key is too long", { MaxSizeAllowed: MAX_KEY_BYTES });
  }
  return { bucket: decodeUri(bucket) || undefined, key: decodedKey || undefined, query: new URLSearchParams(query) };
}

/** A header's value; repeated headers are joined with commas. */
export function header(request: IncomingMessage, name: string): string | undefined {
  const value = request.headers[name];
  return Array.isArray(value) ? value.join(",") : value;
}

export function sendXml(response: ServerResponse, root: string, content: XmlElements): void {
  const body = xmlDocument(root, content);
  response.writeHead(200, { "content-type": "application/xml", "content-length": Buffer.byteLength(body) });
  response.end(body);
}

export function sendEmpty(response: ServerResponse, status: number, headers: Record<string, string> = {}): void {
  response.writeHead(status, headers).end();
}

/** @throws AwsError `InvalidURI` */
export function decodeUri(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new AwsError(400, "InvalidURI", "Couldn't parse the specified URI.");
  }
}
