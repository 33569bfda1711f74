/** The server side of AWS Signature Version 4: parses a request and computes the signature it should have. */
import { createHash, createHmac, timingSafeEqual } from "node:crypto";

/** The parts of a request that its signature covers. */
export interface SignableRequest {
  readonly method: string;
  /** As received, percent-encoded. */
  readonly path: string;
  /** Without the question mark, as received. */
  readonly query: string;
  /** Names in lowercase. */
  readonly headers: Readonly<Record<string, string>>;
}

/** The signature of a request and its parameters. */
export interface ClaimedSignature {
  readonly accessKeyId: string;
  /** `20260123/us-east-1/s3/aws4_request` */
  readonly scope: { readonly date: string; readonly region: string; readonly service: string };
  readonly signedHeaders: readonly string[];
  /** Hexadecimal. */
  readonly signature: string;
  /** `20260123T101112Z` */
  readonly timestamp: string;
  readonly sessionToken: string | undefined;
  /** Lifetime of a presigned URL in seconds; `undefined` when the signature is in the header. */
  readonly expiresSeconds: number | undefined;
}

export const ALGORITHM = "AWS4-HMAC-SHA256";

/**
 * @returns `undefined` when the request is not signed at all
 * @throws Error when its signature cannot be parsed
 */
export function readSignature(request: SignableRequest): ClaimedSignature | undefined {
  const authorization = request.headers.authorization;
  if (authorization?.startsWith(ALGORITHM)) return readHeader(authorization, request.headers);
  const query = new URLSearchParams(request.query);
  if (query.get("X-Amz-Algorithm") === ALGORITHM) return readQuery(query);
  return undefined;
}

/**
 * Whether the claimed signature was made with the secret.
 * @param payloadHash hexadecimal SHA-256 of the body, or a literal in its place (`UNSIGNED-PAYLOAD` …)
 */
export function isSignedWith(
  secret: string,
  request: SignableRequest,
  claimed: ClaimedSignature,
  payloadHash: string,
): boolean {
  const { date, region, service } = claimed.scope;
  const canonical = canonicalRequest(request, claimed, payloadHash);
  const scope = `${date}/${region}/${service}/aws4_request`;
  const stringToSign = [ALGORITHM, claimed.timestamp, scope, sha256(canonical)].join("\n");
  const expected = createHmac("sha256", signingKey(secret, claimed.scope)).update(stringToSign).digest();
  const given = Buffer.from(claimed.signature, "hex");
  return given.length === expected.length && timingSafeEqual(given, expected);
}

/** Milliseconds since the epoch of `20260123T101112Z`; NaN for any other form. */
export function timestampMs(timestamp: string): number {
  const match = /^(\d{4})(\d\d)(\d\d)T(\d\d)(\d\d)(\d\d)Z$/.exec(timestamp);
  if (!match) return NaN;
  const [, year, month, day, hour, minute, second] = match;
  return Date.parse(`${year}-${month}-${day}T${hour}:${minute}:${second}Z`);
}

export function sha256(data: string | Buffer): string {
  return createHash("sha256").update(data).digest("hex");
}

function readHeader(authorization: string, headers: SignableRequest["headers"]): ClaimedSignature {
  // The usual order. In any other, the whole header is the claim, and the signature one of its fields.
  const [, claim = authorization, signature] = /^(.*?), *Signature=([0-9a-f]+)$/s.exec(authorization) ?? [];
  const { fields, ...claimed } = remembered(claims, claim, () => readClaim(claim));
  return {
    ...claimed,
    signature: signature ?? fields.get("Signature") ?? "",
    timestamp: headers["x-amz-date"] ?? basicTimestamp(headers.date),
    sessionToken: headers["x-amz-security-token"],
    expiresSeconds: undefined,
  };
}

type Claim = Pick<ClaimedSignature, "accessKeyId" | "scope" | "signedHeaders"> & {
  readonly fields: ReadonlyMap<string, string>;
};

/** The Authorization header but for the signature, which a client repeats with each of its requests. */
const claims = new Map<string, Claim>();

function readClaim(claim: string): Claim {
  const fields = new Map(
    claim
      .slice(ALGORITHM.length)
      .split(",")
      .map((field) => {
        const [name = "", value = ""] = field.trim().split(/=(.*)/s);
        return [name, value] as const;
      }),
  );
  const signedHeaders = (fields.get("SignedHeaders") ?? "").split(";");
  return { ...readCredential(fields.get("Credential") ?? ""), signedHeaders, fields };
}

function readQuery(query: URLSearchParams): ClaimedSignature {
  return {
    ...readCredential(query.get("X-Amz-Credential") ?? ""),
    signedHeaders: (query.get("X-Amz-SignedHeaders") ?? "").split(";"),
    signature: query.get("X-Amz-Signature") ?? "",
    timestamp: query.get("X-Amz-Date") ?? "",
    sessionToken: query.get("X-Amz-Security-Token") ?? undefined,
    expiresSeconds: Number(query.get("X-Amz-Expires") ?? NaN),
  };
}

function readCredential(credential: string): Pick<ClaimedSignature, "accessKeyId" | "scope"> {
  const [accessKeyId, date, region, service, end, ...rest] = credential.split("/");
  if (!accessKeyId || !date || !region || !service || end !== "aws4_request" || rest.length > 0) {
    throw new Error(`A Credential must have the form KEY/DATE/REGION/SERVICE/aws4_request; got "${credential}".`);
  }
  return { accessKeyId, scope: { date, region, service } };
}

function basicTimestamp(httpDate: string | undefined): string {
  const ms = Date.parse(httpDate ?? "");
  return Number.isNaN(ms) ? "" : new Date(ms).toISOString().replace(/[-:]|\.\d{3}/g, "");
}

function canonicalRequest(request: SignableRequest, claimed: ClaimedSignature, payloadHash: string): string {
  const names = [...claimed.signedHeaders].sort();
  const headers = names.map((name) => `${name}:${(request.headers[name] ?? "").trim().replace(/[ \t]+/g, " ")}\n`);
  return [
    request.method.toUpperCase(),
    canonicalPath(request.path, claimed.scope.service),
    canonicalQuery(request.query),
    headers.join(""),
    names.join(";"),
    payloadHash,
  ].join("\n");
}

/** S3 uses the path as is; every other service normalizes it and encodes it again. */
function canonicalPath(path: string, service: string): string {
  if (service === "s3") return path || "/";
  const segments: string[] = [];
  for (const segment of path.split("/")) {
    if (segment === "" || segment === ".") continue;
    if (segment === "..") segments.pop();
    else segments.push(segment);
  }
  const slashAtEnd = segments.length > 0 && path.endsWith("/") ? "/" : "";
  return escape(`/${segments.join("/")}${slashAtEnd}`).replaceAll("%2F", "/");
}

function canonicalQuery(query: string): string {
  return query
    .split("&")
    .filter((pair) => pair !== "")
    .map((pair) => {
      const [name = "", value = ""] = pair.split(/=(.*)/s);
      return [escape(unescape(name)), escape(unescape(value))] as const;
    })
    .filter(([name]) => name !== "X-Amz-Signature")
    .sort(([nameA, valueA], [nameB, valueB]) => compare(nameA, nameB) || compare(valueA, valueB))
    .map(([name, value]) => `${name}=${value}`)
    .join("&");
}

/** RFC 3986: also encodes what `encodeURIComponent` leaves unencoded. */
function escape(text: string): string {
  return encodeURIComponent(text).replace(/[!'()*]/g, (char) => `%${char.charCodeAt(0).toString(16).toUpperCase()}`);
}

/** Invalid encodings stay as they are; the signature then does not match, which is the right answer. */
function unescape(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}

/** By code unit, like AWS and unlike `localeCompare`. */
function compare(a: string, b: string): number {
  return a < b ? -1 : Number(a > b);
}

/** One key serves all requests of a day; deriving it costs four HMACs. */
const signingKeys = new Map<string, Buffer>();

function signingKey(secret: string, { date, region, service }: ClaimedSignature["scope"]): Buffer {
  return remembered(signingKeys, [secret, date, region, service].join("\n"), () => {
    const hmac = (key: string | Buffer, data: string) => createHmac("sha256", key).update(data).digest();
    return hmac(hmac(hmac(hmac(`AWS4${secret}`, date), region), service), "aws4_request");
  });
}

/** So many values of a kind are remembered at most: a few for each session. */
const KEPT = 500;

function remembered<T>(values: Map<string, T>, name: string, make: () => T): T {
  const known = values.get(name);
  if (known !== undefined) return known;
  const made = make();
  if (values.size >= KEPT) values.clear();
  values.set(name, made);
  return made;
}
