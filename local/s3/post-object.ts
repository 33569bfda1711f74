/** PostObject: a browser form uploads one file under a signed policy. */
import { createHash } from "node:crypto";
import { createWriteStream } from "node:fs";
import { rm } from "node:fs/promises";
import type { IncomingHttpHeaders, IncomingMessage, ServerResponse } from "node:http";
import { Transform } from "node:stream";
import type { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import busboy from "busboy";
import { AwsError } from "../service.ts";
import type { Caller } from "../service.ts";
import type { BucketAccess } from "./access.ts";
import type { Received } from "./body.ts";
import type { Bucket } from "./bucket.ts";
import { CHECKSUM_ALGORITHMS, startChecksum } from "./checksums.ts";
import { accessDenied, badDigest } from "./errors.ts";
import { describeUpload } from "./object-headers.ts";
import type { ObjectStore, StoredObject } from "./object-store.ts";
import { allowedLength, assertConditions, assertPolicySignature, parsePolicy, signerOf } from "./post-policy.ts";
import type { FormFields } from "./post-policy.ts";
import { store } from "./put-object.ts";
import { sendEmpty } from "./request.ts";
import { xmlDocument } from "./xml.ts";

const MAX_OBJECT_BYTES = 5 * 1024 ** 3;
/** S3's limit on all fields together. */
const MAX_FIELD_BYTES = 20 * 1024;

/** Accepts the file once every field before it has been checked; on failure nothing is stored. */
export async function postObject(
  access: BucketAccess,
  request: IncomingMessage,
  response: ServerResponse,
  bucket: Bucket,
  nowMs: number,
): Promise<void> {
  const { fields, file } = await readForm(request, async (form, content) => {
    const named: FormFields = { ...form, bucket: bucket.name };
    const caller = authenticate(access, named);
    const policy = parsePolicy(named.policy!);
    assertConditions(policy, named, nowMs);
    const key = named.key!;
    access.object(caller, "PutObject", bucket, key);
    const description = describeUpload(asHeaders(named));
    const received = await receiveFile(content, bucket.objects, allowedLength(policy, MAX_OBJECT_BYTES), named);
    return store(bucket, key, received, description, {}, nowMs);
  });
  answer(request, response, bucket, fields, file);
}

/** Converts fields to upload headers, in which strings are bytes. */
function asHeaders(fields: FormFields): IncomingHttpHeaders {
  const entries = Object.entries(fields).map(([name, value]) => [name, Buffer.from(value, "utf8").toString("latin1")]);
  return Object.fromEntries(entries) as IncomingHttpHeaders;
}

/** Who signed the policy. @throws AwsError as for a signed request */
function authenticate(access: BucketAccess, fields: FormFields): Caller {
  const signer = signerOf(fields);
  const known = access.secretOf(signer);
  if (!known)
    throw new AwsError(403, "InvalidAccessKeyId", "The AWS Access Key Id you provided does not exist in our records.");
  assertPolicySignature(fields, known.secretAccessKey);
  const isTemporary = known.caller.roleArn !== undefined;
  if (isTemporary && !fields["x-amz-security-token"])
    throw accessDenied("Form is not signed with the session's token.");
  return known.caller;
}

/** Reads fields up to the file and passes both to `take`; whatever follows the file is read and ignored. */
async function readForm<T>(
  request: IncomingMessage,
  take: (fields: FormFields, content: Readable) => Promise<T>,
): Promise<{ fields: FormFields; file: T }> {
  const form = parserOf(request);
  const fields: Record<string, string> = {};
  let taken: Promise<T> | undefined;
  const parsed = new Promise<void>((resolve, reject) => {
    let fieldBytes = 0;
    form.on("field", (name, value, info) => {
      fieldBytes += Buffer.byteLength(name) + Buffer.byteLength(value);
      if (info.valueTruncated || fieldBytes > MAX_FIELD_BYTES) return reject(fieldsTooLarge());
      fields[name.toLowerCase()] ??= value;
    });
    form.on("file", (name, content, info) => {
      // A file that nobody reads fails too when the browser leaves; unheard, that would end the process. The form says so as well.
      content.on("error", () => undefined);
      const fail = (error: Error) => {
        content.resume();
        reject(error);
      };
      if (name !== "file" || taken) return void content.resume();
      if (fields.key === undefined) return fail(noKey());
      const key = fields.key.replaceAll("${filename}", info.filename ?? "");
      taken = take({ ...fields, key }, content);
      taken.catch(fail);
    });
    form.on("close", resolve);
    form.on("error", () => reject(malformed()));
    request.once("close", () => {
      if (!request.complete) form.destroy(new Error("The browser closed the connection before the form was complete."));
    });
  });
  request.pipe(form);
  try {
    await parsed;
    if (!taken) throw new AwsError(400, "InvalidArgument", "POST requires exactly one file upload per request.");
    return { fields, file: await taken };
  } finally {
    request.unpipe(form);
    request.resume();
  }
}

function fieldsTooLarge(): AwsError {
  return new AwsError(
    400,
    "MaxPostPreDataLengthExceeded",
    "Your POST request fields preceding the upload file were too large.",
  );
}

function noKey(): AwsError {
  return new AwsError(
    400,
    "InvalidArgument",
    "Bucket POST must contain a field named 'key'.  If it is specified, please check the order of the fields.",
  );
}

function malformed(): AwsError {
  return new AwsError(
    400,
    "MalformedPOSTRequest",
    "The body of your POST request is not well-formed multipart/form-data.",
  );
}

function parserOf(request: IncomingMessage): busboy.Busboy {
  try {
    return busboy({ headers: request.headers, defParamCharset: "utf8", limits: { fieldSize: MAX_FIELD_BYTES } });
  } catch {
    throw new AwsError(412, "PreconditionFailed", "Bucket POST must be of the enclosure-type multipart/form-data");
  }
}

async function receiveFile(
  content: Readable,
  objects: ObjectStore,
  { min, max }: { min: number; max: number },
  fields: FormFields,
): Promise<Received> {
  const { file, path } = objects.newSegment();
  const md5 = createHash("md5");
  const algorithm = CHECKSUM_ALGORITHMS.find((name) => fields[`x-amz-checksum-${name}`] !== undefined);
  const checksum = algorithm && startChecksum(algorithm);
  let bytes = 0;
  const tap = new Transform({
    transform(chunk: Buffer, _encoding, callback) {
      bytes += chunk.length;
      md5.update(chunk);
      checksum?.update(chunk);
      if (bytes <= max) callback(null, chunk);
      else
        callback(
          new AwsError(400, "EntityTooLarge", "Your proposed upload exceeds the maximum allowed size", {
            MaxSizeAllowed: max,
          }),
        );
    },
  });
  try {
    await pipeline(content, tap, createWriteStream(path));
    if (bytes < min) {
      const extra = { ProposedSize: bytes, MinSizeAllowed: min };
      throw new AwsError(400, "EntityTooSmall", "Your proposed upload is smaller than the minimum allowed size", extra);
    }
    const value = checksum?.digest();
    if (algorithm && value !== fields[`x-amz-checksum-${algorithm}`])
      throw badDigest(`The ${algorithm.toUpperCase()} you specified did not match the calculated checksum.`);
    const segment = { file, bytes };
    return { segment, md5: md5.digest("hex"), ...(algorithm && value && { checksum: { algorithm, value } }) };
  } catch (error) {
    await rm(path, { force: true });
    throw error;
  }
}

/** 204 unless the form requests 200, 201 (with a document) or a redirect. */
function answer(
  request: IncomingMessage,
  response: ServerResponse,
  bucket: Bucket,
  fields: FormFields,
  object: StoredObject,
): void {
  const etag = `"${object.etag}"`;
  const location = `http://${request.headers.host ?? ""}/${bucket.name}/${encodeURIComponent(object.key)}`;
  const redirect = fields.success_action_redirect ?? fields.redirect;
  if (redirect && URL.canParse(redirect)) {
    const url = new URL(redirect);
    for (const [name, value] of Object.entries({ bucket: bucket.name, key: object.key, etag }))
      url.searchParams.append(name, value);
    sendEmpty(response, 303, { location: url.href, etag });
    return;
  }
  const status = Number(fields.success_action_status);
  if (status !== 201) {
    sendEmpty(response, status === 200 ? 200 : 204, { etag, location });
    return;
  }
  const body = xmlDocument(
    "PostResponse",
    { Location: location, Bucket: bucket.name, Key: object.key, ETag: etag },
    "",
  );
  response.writeHead(201, {
    "content-type": "application/xml",
    "content-length": Buffer.byteLength(body),
    etag,
    location,
  });
  response.end(body);
}
