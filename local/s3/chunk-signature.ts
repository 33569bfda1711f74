/** `STREAMING-AWS4-HMAC-SHA256-PAYLOAD`: every chunk is signed, each signature chained to the previous one. */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";
import type { IncomingHttpHeaders } from "node:http";
import { AwsError } from "../service.ts";
import type { ChunkVerifier } from "./aws-chunked.ts";

const EMPTY_SHA256 = createHash("sha256").digest("hex");

/** `undefined` when this request's chunks are not signed. */
export function chunkVerifier(headers: IncomingHttpHeaders, secretAccessKey: string): ChunkVerifier | undefined {
  const payload = String(headers["x-amz-content-sha256"] ?? "");
  if (!payload.startsWith("STREAMING-AWS4-HMAC-SHA256-PAYLOAD")) return undefined;
  const [, date = "", region = "", seed = ""] =
    /Credential=[^/]+\/(\d+)\/([^/]+)\/s3\/aws4_request.*Signature=([0-9a-f]+)/.exec(headers.authorization ?? "") ?? [];
  const timestamp = String(headers["x-amz-date"] ?? "");
  const scope = `${date}/${region}/s3/aws4_request`;
  const key = s3SigningKey(secretAccessKey, date, region);
  const hasSignedTrailers = payload.endsWith("-TRAILER");
  let previous = seed;
  let hash = createHash("sha256");

  const expect = (kind: string, digests: string[], given: string | undefined) => {
    const text = [`AWS4-HMAC-SHA256-${kind}`, timestamp, scope, previous, ...digests].join("\n");
    const expected = createHmac("sha256", key).update(text).digest("hex");
    if (given === undefined || !sameText(expected, given)) throw signatureDoesNotMatch();
    previous = expected;
  };
  return {
    bytes: (chunk) => void hash.update(chunk),
    chunkEnd(signature) {
      expect("PAYLOAD", [EMPTY_SHA256, hash.digest("hex")], signature);
      hash = createHash("sha256");
    },
    trailersEnd({ "x-amz-trailer-signature": signature, ...trailers }) {
      if (!hasSignedTrailers) return;
      const text = Object.entries(trailers).map(([name, value]) => `${name}:${value}\n`);
      expect("TRAILER", [createHash("sha256").update(text.join("")).digest("hex")], signature);
    },
  };
}

/** The key that signs for S3 on one day. */
export function s3SigningKey(secretAccessKey: string, date: string, region: string): Buffer {
  const hmac = (key: string | Buffer, text: string) => createHmac("sha256", key).update(text).digest();
  return hmac(hmac(hmac(hmac(`AWS4${secretAccessKey}`, date), region), "s3"), "aws4_request");
}

export function sameText(expected: string, given: string): boolean {
  const [left, right] = [Buffer.from(expected), Buffer.from(given)];
  return left.length === right.length && timingSafeEqual(left, right);
}

export function signatureDoesNotMatch(): AwsError {
  return new AwsError(
    403,
    "SignatureDoesNotMatch",
    "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
  );
}
