import { Duration, Fn, NestedStack, RemovalPolicy } from "aws-cdk-lib";
import {
  Distribution,
  HeadersFrameOption,
  HeadersReferrerPolicy,
  HttpVersion,
  ResponseHeadersPolicy,
  ViewerProtocolPolicy,
} from "aws-cdk-lib/aws-cloudfront";
import { S3BucketOrigin } from "aws-cdk-lib/aws-cloudfront-origins";
import { BlockPublicAccess, Bucket, BucketEncryption } from "aws-cdk-lib/aws-s3";
import { BucketDeployment, CacheControl, Source } from "aws-cdk-lib/aws-s3-deployment";
import type { Construct } from "constructs";
import type { Api } from "./api.ts";
import type { Auth } from "./auth.ts";
import type { Builds } from "./build.ts";
import type { Data } from "./data.ts";

interface Props {
  readonly builds: Builds;
  readonly data: Data;
  readonly api: Api;
  readonly auth: Auth;
}

/** The client's configuration for this deployment, served as `/config.json` and also the stack's outputs. */
export interface SiteConfig {
  readonly graphqlUrl: string;
  readonly realtimeUrl: string;
  readonly region: string;
  readonly userPoolId: string;
  readonly userPoolClientId: string;
  readonly userPoolProviderUrl: string;
  readonly bucket: string;
  readonly appUrl: string;
}

/** The client behind CloudFront, with security headers. */
export class Site extends NestedStack {
  readonly config: SiteConfig;

  constructor(scope: Construct, id: string, props: Props) {
    super(scope, id);
    const bucket = new Bucket(this, "Files", {
      encryption: BucketEncryption.S3_MANAGED,
      blockPublicAccess: BlockPublicAccess.BLOCK_ALL,
      enforceSSL: true,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const distribution = new Distribution(this, "Distribution", {
      comment: "Plot Palette",
      defaultRootObject: "index.html",
      httpVersion: HttpVersion.HTTP2_AND_3,
      defaultBehavior: {
        origin: S3BucketOrigin.withOriginAccessControl(bucket),
        viewerProtocolPolicy: ViewerProtocolPolicy.REDIRECT_TO_HTTPS,
        responseHeadersPolicy: this.headers(props),
        compress: true,
      },
      // Pages are client-side routes: a path without a file is handled by the client.
      errorResponses: [403, 404].map((httpStatus) => ({
        httpStatus,
        responseHttpStatus: 200,
        responsePagePath: "/index.html",
        ttl: Duration.minutes(5),
      })),
    });
    this.config = configOf(props, distribution, this.region);
    this.deploy(props.builds, bucket);
  }

  private headers({ data, api, auth }: Props): ResponseHeadersPolicy {
    const connect = [
      "'self'",
      originOf(api.api.graphqlUrl),
      originOf(api.realtimeUrl),
      originOf(auth.userPool.userPoolProviderUrl),
      data.bucket.bucketRegionalDomainName,
    ];
    return new ResponseHeadersPolicy(this, "Headers", {
      securityHeadersBehavior: {
        contentSecurityPolicy: {
          override: true,
          contentSecurityPolicy: [
            "default-src 'self'",
            `connect-src ${connect.join(" ")}`,
            "img-src 'self' data:",
            "style-src 'self' 'unsafe-inline'",
            "script-src 'self'",
            "frame-ancestors 'none'",
            "base-uri 'self'",
            "form-action 'self'",
            "object-src 'none'",
          ].join("; "),
        },
        contentTypeOptions: { override: true },
        frameOptions: { frameOption: HeadersFrameOption.DENY, override: true },
        referrerPolicy: { referrerPolicy: HeadersReferrerPolicy.SAME_ORIGIN, override: true },
        strictTransportSecurity: { accessControlMaxAge: Duration.days(365), includeSubdomains: true, override: true },
      },
    });
  }

  private deploy(builds: Builds, destinationBucket: Bucket): void {
    new BucketDeployment(this, "Client", {
      sources: [Source.asset(builds.client), Source.jsonData("config.json", this.config)],
      destinationBucket,
      // Without a distribution to invalidate: that permission cannot be restricted to a resource, and nothing here is cached.
      // Script file names contain a hash, but index.html and config.json must be fresh.
      cacheControl: [CacheControl.noCache()],
      memoryLimit: 256,
    });
  }
}

function configOf({ data, api, auth }: Props, distribution: Distribution, region: string): SiteConfig {
  return {
    graphqlUrl: api.api.graphqlUrl,
    realtimeUrl: api.realtimeUrl,
    region,
    userPoolId: auth.userPool.userPoolId,
    userPoolClientId: auth.userPoolClient.userPoolClientId,
    userPoolProviderUrl: auth.userPool.userPoolProviderUrl,
    bucket: data.bucket.bucketName,
    appUrl: `https://${distribution.distributionDomainName}`,
  };
}

/** `https://host` of `https://host/path`. */
function originOf(url: string): string {
  const parts = Fn.split("/", url);
  return `${Fn.select(0, parts)}//${Fn.select(2, parts)}`;
}
