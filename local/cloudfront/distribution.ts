/** One distribution: answers viewers' requests from a bucket, as configured. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { constants, createBrotliCompress, createGzip } from "node:zlib";
import type { S3Client } from "@aws-sdk/client-s3";
import { applyPolicy, type HeadersPolicy } from "./response-headers.ts";
import { fetchFromBucket, type BucketOrigin, type OriginAnswer } from "./origin.ts";

/** CloudFront compresses objects between these sizes. */
const MIN_COMPRESSED_BYTES = 1_000;
const MAX_COMPRESSED_BYTES = 10_000_000;
const COMPRESSED_TYPES =
  /^(text\/|font\/(ttf|otf)|image\/svg\+xml|image\/x-icon|application\/(javascript|json|manifest\+json|wasm|xml|yaml|x-javascript|vnd\.ms-fontobject|[\w.-]+\+(json|xml)))/;
/** Fast enough to run for each request. */
const BROTLI_QUALITY = 5;

export interface Behavior {
  /** `*`, `/assets/*`; the default behavior has `*`. */
  readonly pathPattern: string;
  readonly origin: BucketOrigin;
  readonly compress: boolean;
  readonly headersPolicy: HeadersPolicy | undefined;
  readonly allowedMethods: readonly string[];
}

export interface CustomError {
  readonly errorCode: number;
  readonly responseCode: number;
  readonly pagePath: string | undefined;
}

export interface DistributionConfig {
  /** In matching order, the default one last. */
  readonly behaviors: readonly Behavior[];
  readonly defaultRootObject: string;
  readonly customErrors: readonly CustomError[];
}

export class Distribution {
  constructor(
    private readonly config: DistributionConfig,
    private readonly client: () => S3Client,
    /** Local addresses that replace AWS's. */
    private readonly localOrigins: () => readonly string[],
  ) {}

  async answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const path = viewerPath(request.url ?? "/");
    const behavior = this.#behaviorFor(path ?? "/");
    if (path === undefined) return this.#send(request, response, behavior, plainError(400, "Bad Request"));
    if (!behavior.allowedMethods.includes(request.method ?? "") || !/^(GET|HEAD)$/.test(request.method ?? "")) {
      const refusal =
        "This distribution is not configured to allow the HTTP request method that was used for this request.";
      return this.#send(request, response, behavior, plainError(403, refusal));
    }
    const rooted = path === "/" ? `/${this.config.defaultRootObject.replace(/^\//, "")}` : path;
    const found = await fetchFromBucket(this.client(), behavior.origin, rooted, request.headers.range);
    await this.#send(request, response, behavior, found.status < 400 ? found : await this.#customError(found));
  }

  #behaviorFor(path: string): Behavior {
    const fits = this.config.behaviors.find(({ pathPattern }) => pattern(pathPattern).test(path));
    if (!fits) throw new Error(`No behavior matches ${path}, although the default one always should.`);
    return fits;
  }

  /** The custom error page; for single-page applications usually the root with status 200. */
  async #customError(found: OriginAnswer): Promise<OriginAnswer> {
    const custom = this.config.customErrors.find(({ errorCode }) => errorCode === found.status);
    if (!custom?.pagePath) return found;
    const page = await fetchFromBucket(this.client(), this.#behaviorFor(custom.pagePath).origin, custom.pagePath);
    return page.status < 400 ? { ...page, status: custom.responseCode } : found;
  }

  async #send(
    request: IncomingMessage,
    response: ServerResponse,
    behavior: Behavior,
    { status, headers: originHeaders, body }: OriginAnswer,
  ): Promise<void> {
    const headers = { ...originHeaders, "x-cache": `${status < 400 ? "Miss" : "Error"} from cloudfront` };
    const encoding = behavior.compress && status === 200 ? encodingFor(request, headers) : undefined;
    if (encoding) encodeHeaders(headers, encoding);
    if (behavior.headersPolicy) {
      applyPolicy(behavior.headersPolicy, headers, request.headers.origin, this.localOrigins());
    }
    if (status === 200 && isUnchanged(request, headers)) {
      destroy(body);
      const {
        "content-length": _length,
        "content-type": _type,
        "content-encoding": _encoding,
        ...kept
      } = headers as Record<string, string>;
      response.writeHead(304, kept).end();
      return;
    }
    response.writeHead(status, headers);
    if (request.method === "HEAD") {
      destroy(body);
      response.end();
      return;
    }
    if (typeof body === "string") return void response.end(body);
    // A viewer that disconnects midway is not an error.
    const sent = encoding
      ? pipeline(body, encoding === "br" ? brotli() : createGzip(), response)
      : pipeline(body, response);
    await sent.catch(() => response.destroy());
  }
}

export function plainError(status: number, message: string): OriginAnswer {
  const body = `<html><head><title>ERROR</title></head><body><h1>${status} ERROR</h1><p>${message}</p></body></html>`;
  return { status, headers: { "content-type": "text/html", "content-length": String(Buffer.byteLength(body)) }, body };
}

/** Decoded, without the query; `undefined` when it cannot be decoded. */
function viewerPath(url: string): string | undefined {
  try {
    return decodeURIComponent(url.split("?")[0] ?? "/");
  } catch {
    return undefined;
  }
}

function encodingFor(request: IncomingMessage, headers: Record<string, string>): "br" | "gzip" | undefined {
  const length = Number(headers["content-length"]);
  const isFit = length >= MIN_COMPRESSED_BYTES && length <= MAX_COMPRESSED_BYTES && !headers["content-encoding"];
  if (!isFit || !COMPRESSED_TYPES.test(headers["content-type"] ?? "")) return undefined;
  const accepted = String(request.headers["accept-encoding"] ?? "").toLowerCase();
  if (/\bbr\b(?!\s*;\s*q=0(\.0*)?\b)/.test(accepted)) return "br";
  return /\bgzip\b(?!\s*;\s*q=0(\.0*)?\b)/.test(accepted) ? "gzip" : undefined;
}

function encodeHeaders(headers: Record<string, string>, encoding: string): void {
  delete headers["content-length"];
  headers["content-encoding"] = encoding;
  headers["vary"] = "Accept-Encoding";
  if (headers["etag"] && !headers["etag"].startsWith("W/")) headers["etag"] = `W/${headers["etag"]}`;
}

function isUnchanged(request: IncomingMessage, headers: Record<string, string>): boolean {
  const known = request.headers["if-none-match"];
  const bare = (tag: string) => tag.trim().replace(/^W\//, "");
  if (known !== undefined) {
    return known.trim() === "*" || known.split(",").some((tag) => bare(tag) === bare(headers["etag"] ?? ""));
  }
  const since = Date.parse(request.headers["if-modified-since"] ?? "");
  return since >= Date.parse(headers["last-modified"] ?? "");
}

function pattern(pathPattern: string): RegExp {
  const source = pathPattern.replace(/^\/?/, "/").replaceAll(/[.+^${}()|[\]\\]/g, "\\$&");
  return new RegExp(`^${pathPattern === "*" ? ".*" : source.replaceAll("*", ".*").replaceAll("?", ".")}$`, "s");
}

function brotli() {
  return createBrotliCompress({ params: { [constants.BROTLI_PARAM_QUALITY]: BROTLI_QUALITY } });
}

function destroy(body: Readable | string): void {
  if (typeof body !== "string") body.destroy();
}
