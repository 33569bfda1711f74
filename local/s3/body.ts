/** Receives bytes: unframes, hashes and verifies them on their way to disk, and deletes them if anything is wrong. */
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import type { IncomingHttpHeaders, IncomingMessage } from "node:http";
import { rm } from "node:fs/promises";
import { Transform, Writable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { AwsError } from "../service.ts";
import { AwsChunkedDecoder } from "./aws-chunked.ts";
import { CHECKSUM_ALGORITHMS, isChecksumAlgorithm, startChecksum } from "./checksums.ts";
import type { ChecksumAlgorithm } from "./checksums.ts";
import { chunkVerifier } from "./chunk-signature.ts";
import { badDigest, invalidRequest } from "./errors.ts";
import type { ObjectStore, Segment } from "./object-store.ts";

const MAX_OBJECT_BYTES = 5 * 1024 ** 3;
const MAX_DOCUMENT_BYTES = 2 * 1024 * 1024;

export interface Received {
  readonly segment: Segment;
  /** Hexadecimal. */
  readonly md5: string;
  /** The bytes' checksum, if the client named an algorithm. */
  readonly checksum?: { readonly algorithm: ChecksumAlgorithm; readonly value: string };
}

export interface ReceiveOptions {
  /** For bodies whose chunks are signed. */
  readonly secretAccessKey?: string | undefined;
  /** Computed even if the client sends none (an upload's declared algorithm). */
  readonly algorithm?: ChecksumAlgorithm | undefined;
}

/**
 * Streams a request's body into a new segment.
 * @throws AwsError `BadDigest`, `XAmzContentSHA256Mismatch`, `IncompleteBody`, `EntityTooLarge`; which leave no segment behind
 */
export async function receiveObject(
  request: IncomingMessage,
  store: ObjectStore,
  options: ReceiveOptions,
): Promise<Received> {
  const { file, path } = store.newSegment();
  try {
    const { bytes, md5, checksum } = await receive(request, createWriteStream(path), MAX_OBJECT_BYTES, options);
    return { segment: { file, bytes }, md5, ...(checksum && { checksum }) };
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

/** A request body that is a small XML document. */
export async function receiveDocument(request: IncomingMessage, options: ReceiveOptions = {}): Promise<string> {
  const chunks: Buffer[] = [];
  const sink = new Writable({
    write(chunk: Buffer, _encoding, callback) {
      chunks.push(chunk);
      callback();
    },
  });
  await receive(request, sink, MAX_DOCUMENT_BYTES, options);
  return Buffer.concat(chunks).toString("utf8");
}

async function receive(request: IncomingMessage, sink: Writable, maxBytes: number, options: ReceiveOptions) {
  const { headers } = request;
  const digests = new BodyDigests(headers, options.algorithm);
  let bytes = 0;
  const tap = new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      bytes += chunk.length;
      if (bytes > maxBytes) {
        callback(new AwsError(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size"));
        return;
      }
      digests.update(chunk);
      callback(null, chunk);
    },
  });
  const decoder = isChunked(headers)
    ? new AwsChunkedDecoder(chunkVerifier(headers, options.secretAccessKey ?? ""))
    : undefined;
  if (decoder) await pipeline(request, decoder, tap, sink);
  else await pipeline(request, tap, sink);
  assertLength(headers, bytes, decoder !== undefined);
  return { bytes, ...digests.finish(decoder?.trailers ?? {}) };
}

/** All hashes of one request, computed in one pass. */
class BodyDigests {
  private readonly md5 = createHash("md5");
  private readonly sha256;
  private readonly algorithm: ChecksumAlgorithm | undefined;
  private readonly checksum;

  constructor(
    private readonly headers: IncomingHttpHeaders,
    otherwise: ChecksumAlgorithm | undefined,
  ) {
    const isDigest = /^[0-9a-f]{64}$/.test(String(headers["x-amz-content-sha256"] ?? ""));
    this.sha256 = isDigest ? createHash("sha256") : undefined;
    this.algorithm = requestedAlgorithm(headers) ?? otherwise;
    this.checksum = this.algorithm && startChecksum(this.algorithm);
  }

  update(chunk: Buffer): void {
    this.md5.update(chunk);
    this.sha256?.update(chunk);
    this.checksum?.update(chunk);
  }

  finish(trailers: Readonly<Record<string, string>>): Pick<Received, "md5" | "checksum"> {
    const md5 = this.md5.digest();
    this.assertMd5(md5);
    if (this.sha256 && this.sha256.digest("hex") !== this.headers["x-amz-content-sha256"]) {
      throw new AwsError(
        400,
        "XAmzContentSHA256Mismatch",
        "The provided 'x-amz-content-sha256' header does not match what was computed.",
      );
    }
    if (!this.algorithm || !this.checksum) return { md5: md5.toString("hex") };
    const value = this.checksum.digest();
    const name = `x-amz-checksum-${this.algorithm}`;
    const promised = this.headers[name] ?? trailers[name];
    if (promised !== undefined && promised !== value) {
      throw badDigest(`The ${this.algorithm.toUpperCase()} you specified did not match the calculated checksum.`);
    }
    if (promised === undefined && this.headers["x-amz-trailer"] !== undefined) {
      throw new AwsError(400, "MalformedTrailerError", `The body ended without the announced trailer ${name}.`);
    }
    return { md5: md5.toString("hex"), checksum: { algorithm: this.algorithm, value } };
  }

  private assertMd5(md5: Buffer): void {
    const promised = this.headers["content-md5"];
    if (promised === undefined) return;
    if (Buffer.from(String(promised), "base64").length !== 16) {
      throw new AwsError(400, "InvalidDigest", "The Content-MD5 you specified was invalid.");
    }
    if (promised !== md5.toString("base64"))
      throw badDigest("The Content-MD5 you specified did not match what we received.");
  }
}

/** The checksum algorithm that the client uses for this body, in a header or a trailer. */
function requestedAlgorithm(headers: IncomingHttpHeaders): ChecksumAlgorithm | undefined {
  const inHeader = CHECKSUM_ALGORITHMS.filter((name) => headers[`x-amz-checksum-${name}`] !== undefined);
  if (inHeader.length > 1)
    throw invalidRequest("Expecting a single x-amz-checksum- header. Multiple checksum Types are not allowed.");
  const trailer = String(headers["x-amz-trailer"] ?? "")
    .toLowerCase()
    .replace("x-amz-checksum-", "");
  const declared = String(headers["x-amz-sdk-checksum-algorithm"] ?? "").toLowerCase();
  const name = inHeader[0] ?? (trailer || declared);
  if (!name) return undefined;
  if (!isChecksumAlgorithm(name)) {
    throw invalidRequest(`The checksum algorithm must be one of ${CHECKSUM_ALGORITHMS.join(", ")}, not ${name}.`);
  }
  return name;
}

function isChunked(headers: IncomingHttpHeaders): boolean {
  const encoding = String(headers["content-encoding"] ?? "");
  return encoding.includes("aws-chunked") || String(headers["x-amz-content-sha256"] ?? "").startsWith("STREAMING-");
}

function assertLength(headers: IncomingHttpHeaders, bytes: number, chunked: boolean): void {
  const promised = chunked ? headers["x-amz-decoded-content-length"] : headers["content-length"];
  if (promised === undefined || Number(promised) === bytes) return;
  throw new AwsError(
    400,
    "IncompleteBody",
    `You did not provide the number of bytes specified by the Content-Length HTTP header: expected ${String(promised)}, received ${bytes}.`,
  );
}
