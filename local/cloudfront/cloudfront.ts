/** Plays Amazon CloudFront: each distribution is a plain HTTP server in front of its bucket. Nothing is cached. */
import { createHash } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { S3Client } from "@aws-sdk/client-s3";
import { clockAhead } from "../clock/clock-ahead.ts";
import { listen, type Listening } from "../http.ts";
import type { CloudContext, CreatedResource, Resource, Service } from "../service.ts";
import { Distribution, plainError, type Behavior, type DistributionConfig } from "./distribution.ts";
import type { BucketOrigin } from "./origin.ts";
import { MANAGED_POLICIES, type HeadersPolicy } from "./response-headers.ts";

/** @param options.port of the first distribution; any free one unless told */
export function cloudfront(options: { port?: number } = {}): Service {
  const policies = new Map<string, HeadersPolicy>(Object.entries(MANAGED_POLICIES));
  const listenings: Listening[] = [];
  let first: Distribution | undefined;
  let context: CloudContext;
  let bucketReader: S3Client | undefined;

  return {
    name: "cloudfront",
    types: [
      "AWS::CloudFront::Distribution",
      "AWS::CloudFront::OriginAccessControl",
      "AWS::CloudFront::ResponseHeadersPolicy",
      "AWS::CloudFront::Function",
    ],
    /** Takes the port of the first distribution at once, so that a port in use is known before anything is made. */
    async start(started) {
      context = started;
      const listening = await listenOn(options.port, (request, response) => {
        if (first) return first.answer(request, response);
        const { status, headers, body } = plainError(503, "The site is not made yet.");
        response.writeHead(status, headers).end(body);
        return Promise.resolve();
      });
      listenings.push(listening);
      return listening.url;
    },
    async create(resource) {
      switch (resource.type) {
        case "AWS::CloudFront::Distribution":
          return createDistribution(resource);
        case "AWS::CloudFront::ResponseHeadersPolicy":
          return createHeadersPolicy(resource);
        case "AWS::CloudFront::Function":
          return createFunction(resource);
        default:
          return withId(resource);
      }
    },
    async stop() {
      bucketReader?.destroy();
      await Promise.all(listenings.map((listening) => listening.close()));
    },
  };

  async function createDistribution(resource: Resource): Promise<CreatedResource> {
    const distribution = new Distribution(
      configOf(resource, policies, context.endpoints["s3"] ?? ""),
      reader,
      localOrigins,
    );
    const listening = first
      ? await listenOn(undefined, (request, response) => distribution.answer(request, response))
      : listenings[0];
    if (!listening) throw new Error("The local CloudFront is not started yet.");
    if (first) listenings.push(listening);
    first ??= distribution;
    const { ref } = withId(resource);
    return { ref, attributes: { Id: ref, DomainName: listening.url.replace("http://", "") } };
  }

  function createHeadersPolicy(resource: Resource): CreatedResource {
    const created = withId(resource);
    policies.set(created.ref, resource.properties.ResponseHeadersPolicyConfig);
    return { ref: created.ref, attributes: { ...created.attributes, LastModifiedTime: new Date(0).toISOString() } };
  }

  function createFunction({ properties }: Resource): CreatedResource {
    const arn = `arn:aws:cloudfront::${context.accountId}:function/${properties.Name}`;
    return { ref: arn, attributes: { FunctionARN: arn, "FunctionMetadata.FunctionARN": arn, Stage: "LIVE" } };
  }

  /** Reads with the operator's credentials; the bucket's policy for the distribution is not asked. */
  function reader(): S3Client {
    bucketReader ??= new S3Client({
      region: context.region,
      endpoint: context.endpoints["s3"],
      credentials: context.gate.operator(),
      forcePathStyle: true,
    });
    bucketReader.config.systemClockOffset = clockAhead(context.clock);
    return bucketReader;
  }

  function localOrigins(): string[] {
    const { control: _control, cloudfront: _cloudfront, ...services } = context.endpoints;
    return Object.values(services).flatMap((url) => [url, url.replace(/^http/, "ws")]);
  }
}

async function listenOn(
  port: number | undefined,
  answer: (request: IncomingMessage, response: ServerResponse) => Promise<void>,
): Promise<Listening> {
  return listen(answer, port).catch((error: Error) => {
    const { code } = (error.cause ?? error) as NodeJS.ErrnoException;
    if (code !== "EADDRINUSE") throw error;
    const message = `Port ${port} is in use by another program; choose another with --port.`;
    throw new Error(message, { cause: error });
  });
}

/** @throws Error with a sentence naming the resource for what is not played */
function configOf(
  { path, properties }: Resource,
  policies: ReadonlyMap<string, HeadersPolicy>,
  s3Url: string,
): DistributionConfig {
  const config = properties.DistributionConfig;
  const origins = new Map<string, BucketOrigin>(
    (config.Origins ?? []).map((origin: any) => [origin.Id, bucketOrigin(path, origin, s3Url)]),
  );
  const behaviors = [...(config.CacheBehaviors ?? []), { ...config.DefaultCacheBehavior, PathPattern: "*" }];
  return {
    behaviors: behaviors.map((behavior) => behaviorOf(path, behavior, origins, policies)),
    defaultRootObject: config.DefaultRootObject ?? "",
    customErrors: (config.CustomErrorResponses ?? []).map((custom: any) => ({
      errorCode: Number(custom.ErrorCode),
      responseCode: Number(custom.ResponseCode ?? custom.ErrorCode),
      pagePath: custom.ResponsePagePath,
    })),
  };
}

function behaviorOf(
  path: string,
  behavior: Record<string, any>,
  origins: ReadonlyMap<string, BucketOrigin>,
  policies: ReadonlyMap<string, HeadersPolicy>,
): Behavior {
  if (behavior.FunctionAssociations?.length > 0 || behavior.LambdaFunctionAssociations?.length > 0) {
    throw new Error(
      `${path}: the local CloudFront runs no functions at the edge, but the behavior for ${behavior.PathPattern} has some;` +
        " use DefaultRootObject, CustomErrorResponses or a ResponseHeadersPolicy instead.",
    );
  }
  const origin = origins.get(behavior.TargetOriginId);
  if (!origin)
    throw new Error(`${path}: the behavior for ${behavior.PathPattern} names an origin that does not exist.`);
  const policyId: string | undefined = behavior.ResponseHeadersPolicyId;
  if (policyId !== undefined && !policies.has(policyId)) {
    throw new Error(`${path}: the response headers policy ${policyId} is one of AWS's own that is not played here.`);
  }
  return {
    pathPattern: behavior.PathPattern,
    origin,
    compress: String(behavior.Compress) === "true",
    headersPolicy: policyId === undefined ? undefined : policies.get(policyId),
    allowedMethods: behavior.AllowedMethods ?? ["GET", "HEAD"],
  };
}

/** A bucket's domain name here is the S3 endpoint and its name, `127.0.0.1:PORT/bucket`; a template may also spell out the one on AWS. */
function bucketOrigin(path: string, origin: Record<string, any>, s3Url: string): BucketOrigin {
  const local = `${s3Url.replace("http://", "")}/`;
  const domain: string = origin.DomainName;
  const bucket = domain.startsWith(local)
    ? domain.slice(local.length)
    : /^(.+)\.s3[.-](?:[a-z0-9-]+\.)?amazonaws\.com$/.exec(domain)?.[1];
  if (bucket && !origin.CustomOriginConfig) return { bucket, pathPrefix: (origin.OriginPath ?? "").replace(/\/$/, "") };
  throw new Error(`${path}: the origin ${domain} is not a bucket; the local CloudFront plays no other origins.`);
}

/** `E` and thirteen letters and digits, the same at every start. */
function withId({ path }: Resource): CreatedResource {
  const number = BigInt(`0x${createHash("sha256").update(path).digest("hex")}`);
  const id = `E${number.toString(36).toUpperCase().slice(0, 13)}`;
  return { ref: id, attributes: { Id: id } };
}
