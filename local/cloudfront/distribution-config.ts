/** Reads the configuration of an `AWS::CloudFront::Distribution`. */
import type { Resource } from "../service.ts";
import type { Behavior, DistributionConfig } from "./distribution.ts";
import type { BucketOrigin } from "./origin.ts";
import type { HeadersPolicy } from "./response-headers.ts";

/** @throws Error naming the resource and what is not supported */
export function readDistributionConfig(
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
      `${path}: the behavior for ${behavior.PathPattern} has edge functions, which the local CloudFront does not support;` +
        " use DefaultRootObject, CustomErrorResponses or a ResponseHeadersPolicy instead.",
    );
  }
  const origin = origins.get(behavior.TargetOriginId);
  if (!origin)
    throw new Error(`${path}: the behavior for ${behavior.PathPattern} names an origin that does not exist.`);
  const policyId: string | undefined = behavior.ResponseHeadersPolicyId;
  if (policyId !== undefined && !policies.has(policyId)) {
    throw new Error(
      `${path}: the response headers policy ${policyId} is an AWS managed policy that is not supported here.`,
    );
  }
  return {
    pathPattern: behavior.PathPattern,
    origin,
    compress: String(behavior.Compress) === "true",
    headersPolicy: policyId === undefined ? undefined : policies.get(policyId),
    allowedMethods: behavior.AllowedMethods ?? ["GET", "HEAD"],
  };
}

/** A bucket's domain name is the local S3 endpoint with its name, `127.0.0.1:PORT/bucket`, or as on AWS if the template spells it out. */
function bucketOrigin(path: string, origin: Record<string, any>, s3Url: string): BucketOrigin {
  const local = `${s3Url.replace("http://", "")}/`;
  const domain: string = origin.DomainName;
  const bucket = domain.startsWith(local)
    ? domain.slice(local.length)
    : /^(.+)\.s3[.-](?:[a-z0-9-]+\.)?amazonaws\.com$/.exec(domain)?.[1];
  if (bucket && !origin.CustomOriginConfig) return { bucket, pathPrefix: (origin.OriginPath ?? "").replace(/\/$/, "") };
  throw new Error(`${path}: the origin ${domain} is not a bucket; the local CloudFront supports no other origins.`);
}
