import type { IncomingMessage } from "node:http";
import { AwsError } from "../service.ts";
import type { Caller, Clock, SignedParts } from "../service.ts";
import { isSignedWith, readSignature, sha256, timestampMs } from "./signature.ts";
import type { ClaimedSignature, SignableRequest } from "./signature.ts";
import type { Session, Sessions } from "./sessions.ts";

export interface AuthenticationOptions {
  readonly region: string;
  readonly clock: Clock;
  readonly sessions: Sessions;
}

const SKEW_MS = 15 * 60 * 1000;
const LONGEST_PRESIGNED_SECONDS = 7 * 24 * 3600;

/** Identifies the signer of a request or rejects it as AWS would, with each service's own errors. */
export class Authentication {
  constructor(private readonly options: AuthenticationOptions) {}

  ofRequest(request: IncomingMessage, body: Buffer | string | undefined, service: string): Caller {
    return this.identify(signableRequest(request), body, service);
  }

  ofParts(parts: SignedParts, service: string): Caller {
    return this.identify(parts, parts.body, service);
  }

  private identify(request: SignableRequest, body: Buffer | string | undefined, service: string): Caller {
    const claimed = claimedBy(request, service);
    const session = this.sessionOf(claimed, service);
    this.checkScope(claimed, service);
    if (
      !isSignedWith(session.credentials.secretAccessKey, request, claimed, payloadHash(request, claimed, body, service))
    ) {
      throw refusal("signature", service);
    }
    this.checkTime(claimed, service);
    return session.caller;
  }

  private sessionOf(claimed: ClaimedSignature, service: string): Session {
    const { sessions } = this.options;
    const session = sessions.get(claimed.accessKeyId);
    if (!session) throw refusal("key", service);
    if (claimed.sessionToken !== session.credentials.sessionToken) throw refusal("token", service);
    if (sessions.hasExpired(session)) throw refusal("expired", service);
    return session;
  }

  private checkScope({ scope, timestamp }: ClaimedSignature, service: string): void {
    if (scope.service !== service)
      throw signatureError(service, `Credential should be scoped to correct service: '${service}'.`);
    if (scope.region !== this.options.region) {
      throw signatureError(
        service,
        `Credential should be scoped to a valid region: '${this.options.region}', not '${scope.region}'.`,
      );
    }
    if (!timestamp.startsWith(scope.date)) {
      throw signatureError(
        service,
        `Date in Credential scope does not match YYYYMMDD from ISO-8601 version of date from HTTP: '${scope.date}' != '${timestamp}'.`,
      );
    }
  }

  /**
   * Some processes sign by the cloud's clock, others by the machine's; after the clock was moved, both are valid. A presigned URL
   * expires by the cloud's clock.
   */
  private checkTime({ timestamp, expiresSeconds }: ClaimedSignature, service: string): void {
    const signedMs = timestampMs(timestamp);
    const nowMs = this.options.clock.now();
    if (expiresSeconds === undefined) {
      const near = [nowMs, Date.now()].some((clockMs) => Math.abs(clockMs - signedMs) <= SKEW_MS);
      if (!near) throw skewError(service, timestamp, nowMs);
      return;
    }
    if (!(expiresSeconds >= 0 && expiresSeconds <= LONGEST_PRESIGNED_SECONDS)) {
      throw new AwsError(
        400,
        "AuthorizationQueryParametersError",
        "X-Amz-Expires must be a number of seconds between 0 and 604800 (a week).",
      );
    }
    if (!(signedMs <= nowMs + SKEW_MS)) throw skewError(service, timestamp, nowMs);
    if (nowMs >= signedMs + expiresSeconds * 1000) throw new AwsError(403, "AccessDenied", "Request has expired");
  }
}

function signableRequest(request: IncomingMessage): SignableRequest {
  const [path = "", query = ""] = (request.url ?? "").split(/\?(.*)/s);
  return { method: request.method ?? "GET", path, query, headers: singleHeaders(request) };
}

/** Every header as one text. Node keeps only `set-cookie` as a list. */
function singleHeaders({ headers }: IncomingMessage): Record<string, string> {
  const { "set-cookie": cookies, ...single } = headers as Record<string, string> & { "set-cookie"?: string[] };
  if (cookies) single["set-cookie"] = cookies.join(",");
  // HTTP/2 has the host in `:authority`; it is signed as `host`.
  const host = single.host ?? single[":authority"];
  if (host) single.host = host;
  return single;
}

function claimedBy(request: SignableRequest, service: string): ClaimedSignature {
  let claimed: ClaimedSignature | undefined;
  try {
    claimed = readSignature(request);
  } catch (error) {
    throw new AwsError(400, "IncompleteSignature", (error as Error).message);
  }
  if (!claimed) throw refusal("missing", service);
  if (!claimed.signedHeaders.includes("host") && !claimed.signedHeaders.includes(":authority"))
    throw signatureError(service, "'Host' or ':authority' must be a 'SignedHeader' in the AWS Authorization.");
  const isUnsigned = (name: string) => mustBeSigned(name) && !claimed.signedHeaders.includes(name);
  const unsigned = service === "s3" ? Object.keys(request.headers).find(isUnsigned) : undefined;
  if (unsigned) {
    throw new AwsError(
      403,
      "AccessDenied",
      `There were headers present in the request which were not signed: ${unsigned}`,
    );
  }
  return claimed;
}

/** Every signature covers the body's digest, even if that is not a signed header. */
function mustBeSigned(header: string): boolean {
  return header.startsWith("x-amz-") && header !== "x-amz-content-sha256";
}

/** The body's digest in the signature. A body that was read must match it. */
function payloadHash(
  request: SignableRequest,
  claimed: ClaimedSignature,
  body: Buffer | string | undefined,
  service: string,
): string {
  const inQuery = request.query === "" ? null : new URLSearchParams(request.query).get("X-Amz-Content-Sha256");
  const declared = inQuery ?? request.headers["x-amz-content-sha256"];
  if (service !== "s3") return body === undefined && declared ? declared : sha256(body ?? "");
  if (declared === undefined) {
    if (claimed.expiresSeconds !== undefined) return "UNSIGNED-PAYLOAD";
    throw new AwsError(400, "InvalidRequest", "Missing required header for this request: x-amz-content-sha256");
  }
  const isDigest = /^[0-9a-f]{64}$/.test(declared);
  if (isDigest && body !== undefined && sha256(body) !== declared) {
    throw new AwsError(
      400,
      "XAmzContentSHA256Mismatch",
      "The provided 'x-amz-content-sha256' header does not match what was computed.",
    );
  }
  return declared;
}

type Refusal = "missing" | "key" | "token" | "expired" | "signature";

/** [code, message] by service: S3, STS and the rest report the same errors differently. */
const refusals: Record<Refusal, { s3: [string, string]; sts?: [string, string]; other: [string, string] }> = {
  missing: {
    s3: ["AccessDenied", "Access Denied"],
    other: ["MissingAuthenticationToken", "Request is missing Authentication Token"],
  },
  key: {
    s3: ["InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records."],
    sts: ["InvalidClientTokenId", "The security token included in the request is invalid."],
    other: ["UnrecognizedClientException", "The security token included in the request is invalid."],
  },
  token: {
    s3: ["InvalidToken", "The provided token is malformed or otherwise invalid."],
    sts: ["InvalidClientTokenId", "The security token included in the request is invalid."],
    other: ["UnrecognizedClientException", "The security token included in the request is invalid."],
  },
  expired: {
    s3: ["ExpiredToken", "The provided token has expired."],
    sts: ["ExpiredToken", "The security token included in the request is expired"],
    other: ["ExpiredTokenException", "The security token included in the request is expired"],
  },
  signature: {
    s3: [
      "SignatureDoesNotMatch",
      "The request signature we calculated does not match the signature you provided. Check your key and signing method.",
    ],
    sts: [
      "SignatureDoesNotMatch",
      "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.",
    ],
    other: [
      "InvalidSignatureException",
      "The request signature we calculated does not match the signature you provided. Check your AWS Secret Access Key and signing method.",
    ],
  },
};

function refusal(reason: Refusal, service: string): AwsError {
  const words = refusals[reason];
  const [code, message] = service === "s3" ? words.s3 : ((service === "sts" ? words.sts : undefined) ?? words.other);
  return new AwsError(403, code, message);
}

function signatureError(service: string, message: string): AwsError {
  if (service === "s3") return new AwsError(400, "AuthorizationHeaderMalformed", message);
  return new AwsError(403, service === "sts" ? "SignatureDoesNotMatch" : "InvalidSignatureException", message);
}

function skewError(service: string, timestamp: string, nowMs: number): AwsError {
  if (service === "s3") {
    return new AwsError(
      403,
      "RequestTimeTooSkewed",
      "The difference between the request time and the current time is too large.",
    );
  }
  const now = new Date(nowMs).toISOString();
  return signatureError(
    service,
    `Signature expired or not yet valid: it is dated ${timestamp}, and now it is ${now} (at most 15 minutes apart).`,
  );
}
