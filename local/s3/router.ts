/** Dispatches requests to operations, which S3 distinguishes by method, address and the name of a query parameter. */
import type { IncomingMessage, ServerResponse } from "node:http";
import type { CloudContext } from "../service.ts";
import { BucketAccess } from "./access.ts";
import { restoreObject } from "./archive.ts";
import type { Bucket } from "./bucket.ts";
import { copyObject } from "./copy-object.ts";
import { answerPreflight, setCorsHeaders } from "./cors.ts";
import { deleteObject, deleteObjects } from "./delete-object.ts";
import { AwsError } from "../service.ts";
import { noSuchBucket, notImplemented } from "./errors.ts";
import { getObject } from "./get-object.ts";
import { listObjects, listObjectsV2 } from "./listing.ts";
import { abortUpload, completeUpload, createUpload, uploadPart } from "./multipart.ts";
import { postObject } from "./post-object.ts";
import { putObject } from "./put-object.ts";
import { readAddress, sendEmpty, sendXml } from "./request.ts";
import type { BucketRequest, ObjectRequest } from "./request.ts";
import type { Restorations } from "./restorations.ts";
import { deleteTagging, getTagging, putTagging, tagSet } from "./tagging.ts";
import { listParts, listUploads } from "./upload-listing.ts";

export interface RouterOptions {
  readonly context: CloudContext;
  readonly buckets: ReadonlyMap<string, Bucket>;
  readonly restorations: Restorations;
}

/** Subresources that only the template configures. */
const NOT_PLAYED = [
  "acl",
  "policyStatus",
  "publicAccessBlock",
  "encryption",
  "notification",
  "replication",
  "website",
  "logging",
];
const NOT_PLAYED_OBJECT = ["acl", "attributes", "legal-hold", "retention", "torrent", "select"];

/** Answers one request. @throws AwsError to be sent in S3's XML */
export async function route(options: RouterOptions, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const { context, buckets } = options;
  const { bucket: name, key, query } = readAddress(request.url ?? "/");
  const access = new BucketAccess(context.gate);
  const nowMs = context.clock.now();
  if (name === undefined) return listBuckets(options, request, response);
  const bucket = buckets.get(name);
  if (bucket) setCorsHeaders(bucket, request, response);
  const isForm =
    request.method === "POST" &&
    key === undefined &&
    /^multipart\/form-data/.test(request.headers["content-type"] ?? "");
  if (bucket && request.method === "OPTIONS") return answerPreflight(bucket, request, response);
  if (bucket && isForm) return postObject(access, request, response, bucket, nowMs);
  const caller = context.gate.authenticate(request, undefined, "s3");
  if (!bucket) throw noSuchBucket(name);
  const bucketRequest: BucketRequest = { request, response, query, bucket, caller, nowMs };
  if (key === undefined) return routeBucket(access, bucketRequest, context.region);
  return routeObject(access, { ...bucketRequest, key }, options);
}

async function routeObject(access: BucketAccess, context: ObjectRequest, options: RouterOptions): Promise<void> {
  const { request, query } = context;
  const other = NOT_PLAYED_OBJECT.find((name) => query.has(name));
  if (other) throw notImplemented(`The subresource "${other}" of an object`);
  const tagging = query.has("tagging");
  const upload = query.has("uploadId");
  switch (request.method) {
    case "GET":
      if (tagging) return getTagging(access, context);
      return upload ? listParts(access, context) : getObject(access, context);
    case "HEAD":
      return getObject(access, context);
    case "PUT": {
      if (tagging) return putTagging(access, context);
      const copies = request.headers["x-amz-copy-source"] !== undefined;
      if (upload && copies) throw notImplemented("UploadPartCopy");
      if (upload) return uploadPart(access, context);
      return copies ? copyObject(access, context, options.buckets) : putObject(access, context);
    }
    case "POST":
      if (query.has("uploads")) return createUpload(access, context);
      if (query.has("restore")) return restoreObject(access, context, options.restorations);
      if (upload) return completeUpload(access, context);
      break;
    case "DELETE":
      if (tagging) return deleteTagging(access, context);
      return upload ? abortUpload(access, context) : deleteObject(access, context);
  }
  throw methodNotAllowed();
}

async function routeBucket(access: BucketAccess, context: BucketRequest, region: string): Promise<void> {
  const { request, response, query, bucket, caller } = context;
  const other = NOT_PLAYED.find((name) => query.has(name));
  if (other) throw notImplemented(`The subresource "${other}" of a bucket`);
  if (request.method === "HEAD") {
    access.bucket(caller, "ListBucket", bucket);
    return sendEmpty(response, 200, { "x-amz-bucket-region": region });
  }
  if (request.method === "POST" && query.has("delete")) return deleteObjects(access, context);
  if (request.method !== "GET") throw notImplemented(`${request.method} on a bucket`);
  if (query.has("uploads")) return listUploads(access, context);
  if (query.has("versions")) throw notImplemented("Versioning");
  if (query.has("location")) {
    access.bucket(caller, "GetBucketLocation", bucket);
    // us-east-1 has no name here, for historical reasons.
    return sendXml(response, "LocationConstraint", region === "us-east-1" ? {} : { LocationConstraint: region });
  }
  if (query.has("versioning")) {
    access.bucket(caller, "GetBucketVersioning", bucket);
    return sendXml(response, "VersioningConfiguration", {});
  }
  if (query.has("tagging")) {
    access.bucket(caller, "GetBucketTagging", bucket);
    return sendXml(response, "Tagging", tagSet(bucket.tags));
  }
  const configured = ["cors", "lifecycle", "policy"].find((name) => query.has(name));
  if (configured) throw notImplemented(`Reading the subresource "${configured}" of a bucket`);
  return query.get("list-type") === "2" ? listObjectsV2(access, context) : listObjects(access, context);
}

function listBuckets({ context, buckets }: RouterOptions, request: IncomingMessage, response: ServerResponse): void {
  const caller = context.gate.authenticate(request, undefined, "s3");
  context.gate.authorize(caller, { action: "s3:ListAllMyBuckets", resource: "*" });
  const list = [...buckets.values()].map(({ name, createdAtMs }) => ({
    Name: name,
    CreationDate: new Date(createdAtMs).toISOString(),
  }));
  sendXml(response, "ListAllMyBucketsResult", { Owner: { ID: "local" }, Buckets: { Bucket: list } });
}

function methodNotAllowed(): AwsError {
  return new AwsError(405, "MethodNotAllowed", "The specified method is not allowed against this resource.");
}
