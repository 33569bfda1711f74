/** S3: `AWS::S3::Bucket` and `AWS::S3::BucketPolicy`, with path-style addresses: `http://127.0.0.1:PORT/BUCKET/KEY`. */
import { randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import { failureText } from "../exhaustion.ts";
import { listen } from "../http.ts";
import type { Handler, Listening } from "../http.ts";
import { listenOnRememberedPort } from "../remembered-port.ts";
import { AwsError } from "../service.ts";
import type { CloudContext, CreatedResource, Resource, Service } from "../service.ts";
import { openBucket } from "./bucket.ts";
import type { Bucket } from "./bucket.ts";
import { sendError } from "./errors.ts";
import { LifecycleRunner } from "./lifecycle-runner.ts";
import { Restorations } from "./restorations.ts";
import { route } from "./router.ts";

export interface S3Options {
  /** How long RestoreObject takes by the cloud's clock, in milliseconds; 0 by default. AWS takes hours. */
  readonly restoreMs?: number;
}

/** An S3 whose objects are files in the service's folder; uploads and downloads are streams, whatever their size. */
export function s3({ restoreMs = 0 }: S3Options = {}): Service {
  const buckets = new Map<string, Bucket>();
  let started:
    { context: CloudContext; server: Listening; lifecycle: LifecycleRunner; restorations: Restorations } | undefined;

  return {
    name: "s3",
    types: ["AWS::S3::Bucket", "AWS::S3::BucketPolicy"],

    async start(context) {
      const lifecycle = new LifecycleRunner(context.clock, () => buckets.values());
      const restorations = new Restorations(context, restoreMs);
      const { folder, origins } = context;
      const handler: Handler = async (request, response) => {
        lifecycle.runIfDue();
        await answer({ context, buckets, restorations }, request, response);
      };
      const server = await listenOnRememberedPort(folder, (port) => listen(handler, { port, origins }));
      // Uploads have no time limit.
      server.server.requestTimeout = 0;
      started = { context, server, lifecycle, restorations };
      lifecycle.start();
      return server.url;
    },

    async create(resource) {
      if (!started) throw new Error("The S3 service must be started before buckets are created.");
      if (resource.type === "AWS::S3::BucketPolicy") return attachPolicy(buckets, resource);
      const { context, server } = started;
      const name = bucketNameOf(resource);
      if (resource.properties.VersioningConfiguration?.Status === "Enabled") {
        context.log(
          `s3: ${resource.path} has versioning enabled; versioning is not supported, so only the latest version is kept.`,
        );
      }
      buckets.set(name, await openBucket(name, resource, join(context.folder, name), context.clock.now()));
      return created(name, server.url);
    },

    async ready() {
      // Applies what came due while the cloud was not running.
      started?.lifecycle.run();
      for (const bucket of buckets.values()) started?.restorations.resume(bucket);
    },

    async stop() {
      started?.lifecycle.stop();
      started?.restorations.stop();
      await started?.server.close();
      started = undefined;
      buckets.clear();
    },
  };
}

/** Every domain name is `127.0.0.1:PORT/BUCKET`, which after `http://` is the bucket's local address. */
function created(name: string, url: string): CreatedResource {
  const domainName = `${url.replace("http://", "")}/${name}`;
  return {
    ref: name,
    attributes: {
      Arn: `arn:aws:s3:::${name}`,
      DomainName: domainName,
      RegionalDomainName: domainName,
      DualStackDomainName: domainName,
      WebsiteURL: `http://${domainName}`,
    },
  };
}

async function attachPolicy(
  buckets: ReadonlyMap<string, Bucket>,
  { path, properties }: Resource,
): Promise<CreatedResource> {
  const name = String(properties.Bucket);
  const bucket = buckets.get(name);
  if (!bucket)
    throw new Error(`The bucket policy ${path} is for the bucket "${name}", which this cloud does not have.`);
  bucket.policy = { path, document: properties.PolicyDocument };
  return { ref: `${path}-policy`, attributes: {} };
}

async function answer(
  options: Parameters<typeof route>[0],
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const requestId = randomUUID().replaceAll("-", "").slice(0, 16).toUpperCase();
  response.setHeader("x-amz-request-id", requestId);
  try {
    await route(options, request, response);
  } catch (error) {
    const isGone = request.destroyed && !request.complete;
    if (!(error instanceof AwsError) && !isGone && !response.destroyed) {
      options.context.log(`s3: ${failureText(error)}`);
    }
    if (response.headersSent || response.destroyed) response.destroy();
    else sendError(response, error, requestId, request.method === "HEAD");
    // The rest of the request is read and dropped, so that the client gets to read the response.
    request.resume();
  }
}

/** Names are generated when the assembly is read, so a bucket without one is a bug there. */
function bucketNameOf({ properties, path }: Resource): string {
  if (properties.BucketName) return String(properties.BucketName);
  throw new Error(`The bucket ${path} should have a BucketName when it is created.`);
}
