/** Emulates Amazon CloudFront: each distribution is a plain HTTP server in front of its bucket. Nothing is cached. */
import { createHash } from "node:crypto";
import type { ServerResponse } from "node:http";
import { S3Client } from "@aws-sdk/client-s3";
import { clockAhead } from "../clock/clock-ahead.ts";
import { listen, type Handler, type Listening } from "../http.ts";
import { originsOf } from "../origins.ts";
import { listenOnRememberedPort, rememberPort } from "../remembered-port.ts";
import type { CloudContext, CreatedResource, Resource, Service } from "../service.ts";
import { readDistributionConfig } from "./distribution-config.ts";
import { Distribution, plainError } from "./distribution.ts";
import { MANAGED_POLICIES, type HeadersPolicy } from "./response-headers.ts";

/** @param options.port of the first distribution; by default that of the last start, if it is free */
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
    /** Opens the first distribution's port early, so that a port in use is reported before anything is created. */
    async start(started) {
      context = started;
      const listening = await openFirst(async (request, response) => {
        if (first) await first.answer(request, response);
        else sendNotReady(response);
      });
      return listening.url;
    },
    async create(resource) {
      switch (resource.type) {
        case "AWS::CloudFront::Distribution":
          return createDistribution(resource);
        case "AWS::CloudFront::ResponseHeadersPolicy":
          return createHeadersPolicy(resource);
        case "AWS::CloudFront::Function":
          return createFunction(resource, context.accountId);
        default:
          return withId(resource);
      }
    },
    async stop() {
      bucketReader?.destroy();
      await Promise.all(listenings.map((listening) => listening.close()));
    },
  };

  /** A port that was asked for is the one to use, and to remember. */
  async function openFirst(answer: Handler): Promise<Listening> {
    const { port } = options;
    if (port === undefined) return open("port", answer);
    const listening = admit(await listenOn(port, answer, context.origins));
    rememberPort(context.folder, listening);
    return listening;
  }

  async function open(portFile: string, answer: Handler): Promise<Listening> {
    const { folder, origins } = context;
    return admit(await listenOnRememberedPort(folder, (port) => listen(answer, { port, origins }), portFile));
  }

  /** A site's pages may call the cloud. */
  function admit(listening: Listening): Listening {
    listenings.push(listening);
    for (const origin of originsOf(listening.url)) context.origins.add(origin);
    return listening;
  }

  async function createDistribution(resource: Resource): Promise<CreatedResource> {
    const distribution = new Distribution(
      readDistributionConfig(resource, policies, context.endpoints["s3"] ?? ""),
      reader,
      () => localOrigins(context.endpoints),
    );
    const { ref } = withId(resource);
    const listening = first
      ? await open(`port-${ref}`, (request, response) => distribution.answer(request, response))
      : listenings[0];
    if (!listening) throw new Error("The local CloudFront has not started yet.");
    first ??= distribution;
    return { ref, attributes: { Id: ref, DomainName: listening.url.replace("http://", "") } };
  }

  function createHeadersPolicy(resource: Resource): CreatedResource {
    const created = withId(resource);
    policies.set(created.ref, resource.properties.ResponseHeadersPolicyConfig);
    return { ref: created.ref, attributes: { ...created.attributes, LastModifiedTime: new Date(0).toISOString() } };
  }

  /** Reads with the operator's credentials; the bucket's policy for the distribution is not evaluated. */
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
}

async function listenOn(port: number, answer: Handler, origins: Set<string>): Promise<Listening> {
  return listen(answer, { port, origins }).catch((error: Error) => {
    const { code } = (error.cause ?? error) as NodeJS.ErrnoException;
    if (code !== "EADDRINUSE") throw error;
    const message = `Port ${port} is in use by another program; choose another with --port.`;
    throw new Error(message, { cause: error });
  });
}

function sendNotReady(response: ServerResponse): void {
  const { status, headers, body } = plainError(503, "The site is not ready yet.");
  response.writeHead(status, headers).end(body);
}

function createFunction({ properties }: Resource, accountId: string): CreatedResource {
  const arn = `arn:aws:cloudfront::${accountId}:function/${properties.Name}`;
  return { ref: arn, attributes: { FunctionARN: arn, "FunctionMetadata.FunctionARN": arn, Stage: "LIVE" } };
}

/** Addresses of the other services that a page may call: HTTP and WebSocket. */
function localOrigins(endpoints: CloudContext["endpoints"]): string[] {
  const { control: _control, cloudfront: _cloudfront, ...services } = endpoints;
  return Object.values(services).flatMap((url) => [url, url.replace(/^http/, "ws")]);
}

/** `E` and 13 letters and digits, the same at every start. */
function withId({ path }: Resource): CreatedResource {
  const number = BigInt(`0x${createHash("sha256").update(path).digest("hex")}`);
  const id = `E${number.toString(36).toUpperCase().slice(0, 13)}`;
  return { ref: id, attributes: { Id: id } };
}
