/**
 * Plays custom resources by CloudFormation's own protocol: the provider's function is called with a request and answers by a
 * PUT to its ResponseURL. What it answered is kept, so that a later start with the same properties calls nobody.
 */
import { createHash, randomUUID } from "node:crypto";
import { existsSync, readdirSync, readFileSync, renameSync, rmSync, writeFileSync } from "node:fs";
import type { IncomingMessage, ServerResponse } from "node:http";
import path from "node:path";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { BUCKET_DEPLOYMENT, deployToBucket, type BucketDeployment } from "./bucket-deployment.ts";
import { listen, readBody, sendJson, type Listening } from "../http.ts";
import type { CloudContext, CreatedResource, Resource, Service } from "../service.ts";

/** How long a provider may take to answer after its function returned, unless the template gives a `ServiceTimeout`. */
const DEFAULT_ANSWER_LIMIT_MS = 60_000;

type RequestType = "Create" | "Update" | "Delete";

/** What the provider puts to the ResponseURL. */
interface ProviderAnswer {
  readonly Status: "SUCCESS" | "FAILED";
  readonly Reason?: string;
  readonly PhysicalResourceId?: string;
  readonly Data?: Readonly<Record<string, unknown>>;
}

/** What is kept of a resource between starts. */
interface Kept {
  readonly path: string;
  readonly type: string;
  readonly logicalId: string;
  readonly physicalId: string;
  readonly properties: Record<string, unknown>;
  readonly data: Readonly<Record<string, unknown>>;
}

export function customResource(): Service {
  let context: CloudContext;
  let listening: Listening;
  let provider: LambdaClient | undefined;
  const waiting = new Map<string, (answer: ProviderAnswer) => void>();
  const created = new Set<string>();

  return {
    name: "custom-resource",
    types: ["AWS::CloudFormation::CustomResource", "Custom::*"],
    async start(started) {
      context = started;
      listening = await listen(takeAnswer);
      return listening.url;
    },
    async create(resource) {
      created.add(resource.path);
      const properties = asText(resource.properties) as Record<string, unknown>;
      const before = readKept(resource.path);
      if (before && JSON.stringify(before.properties) === JSON.stringify(properties)) return resourceOf(before);
      const answer = await makeTrue(resource, properties, before);
      const kept: Kept = {
        path: resource.path,
        type: resource.type,
        logicalId: resource.logicalId,
        physicalId: answer.PhysicalResourceId ?? before?.physicalId ?? randomUUID(),
        properties,
        data: answer.Data ?? {},
      };
      writeKept(kept);
      if (before && before.physicalId !== kept.physicalId) await remove(before);
      return resourceOf(kept);
    },
    /** What the template no longer has is deleted last, as CloudFormation does. */
    async ready() {
      for (const kept of allKept()) {
        if (created.has(kept.path)) continue;
        await remove(kept);
        rmSync(fileOf(kept.path));
      }
    },
    async stop() {
      provider?.destroy();
      await listening.close();
    },
  };

  function makeTrue(resource: Resource, properties: Record<string, unknown>, before: Kept | undefined) {
    if (resource.type === BUCKET_DEPLOYMENT) return deploy(resource, before);
    return ask(before ? "Update" : "Create", { ...resource, physicalId: before?.physicalId, properties }, before);
  }

  async function deploy(resource: Resource, before: Kept | undefined): Promise<ProviderAnswer> {
    try {
      const Data = await deployToBucket(resource.properties as BucketDeployment, context);
      const PhysicalResourceId = before?.physicalId ?? `aws.cdk.s3deployment.${randomUUID()}`;
      return { Status: "SUCCESS", PhysicalResourceId, Data };
    } catch (error) {
      throw new Error(`${resource.path}: ${(error as Error).message}`, { cause: error });
    }
  }

  /** A resource that is gone cannot stop the start; what went wrong stands in the log. */
  async function remove(kept: Kept): Promise<void> {
    if (kept.type === BUCKET_DEPLOYMENT) return;
    await ask("Delete", kept, undefined).catch((error: Error) => context.log(`custom-resource: ${error.message}`));
  }

  /** @throws Error with a sentence naming the resource and the provider's reason */
  async function ask(
    requestType: RequestType,
    resource: Pick<Kept, "path" | "logicalId" | "type" | "properties"> & { readonly physicalId?: string },
    before: Kept | undefined,
  ): Promise<ProviderAnswer> {
    const { properties } = resource;
    const serviceToken = String(properties["ServiceToken"]);
    const requestId = randomUUID();
    const answered = new Promise<ProviderAnswer>((resolve) => waiting.set(requestId, resolve));
    const request = {
      RequestType: requestType,
      ServiceToken: serviceToken,
      ResponseURL: `${listening.url}/${requestId}`,
      StackId: stackId(resource.path, context),
      RequestId: requestId,
      ResourceType: resource.type,
      LogicalResourceId: resource.logicalId,
      ...(resource.physicalId !== undefined && { PhysicalResourceId: resource.physicalId }),
      ResourceProperties: properties,
      ...(requestType === "Update" && { OldResourceProperties: before?.properties }),
    };
    try {
      const limitMs = Number(properties["ServiceTimeout"] ?? DEFAULT_ANSWER_LIMIT_MS / 1000) * 1000;
      const failed = callProvider(serviceToken, request).then((failure) => failure ?? silence(limitMs));
      const answer = await Promise.race([answered, failed]);
      if (answer.Status === "SUCCESS") return answer;
      const reason = answer.Reason ?? "no reason was given";
      throw new Error(`${resource.path}: its provider could not ${requestType.toLowerCase()} it: ${reason}`);
    } finally {
      waiting.delete(requestId);
    }
  }

  /** Answers the failure of the function itself, or nothing: then its own answer counts. */
  async function callProvider(serviceToken: string, request: unknown): Promise<ProviderAnswer | undefined> {
    provider ??= new LambdaClient({
      region: context.region,
      endpoint: context.endpoints["lambda"],
      credentials: context.gate.operator(),
      maxAttempts: 1,
    });
    const command = new InvokeCommand({ FunctionName: serviceToken, Payload: JSON.stringify(request) });
    try {
      const { FunctionError, Payload } = await provider.send(command);
      if (!FunctionError) return undefined;
      const { errorType, errorMessage } = JSON.parse(Payload?.transformToString() ?? "{}");
      return { Status: "FAILED", Reason: `its function failed with ${errorType}: ${errorMessage}` };
    } catch (error) {
      return { Status: "FAILED", Reason: (error as Error).message };
    }
  }

  async function takeAnswer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const settle = waiting.get((request.url ?? "").slice(1).split("?")[0] ?? "");
    if (request.method !== "PUT" || !settle)
      return sendJson(response, 403, { message: "Nobody waits for this answer." });
    const answer = JSON.parse((await readBody(request)).toString()) as ProviderAnswer;
    response.writeHead(200, { "content-length": 0 }).end();
    settle(answer);
  }

  function fileOf(resourcePath: string): string {
    return path.join(context.folder, `${createHash("sha256").update(resourcePath).digest("hex").slice(0, 32)}.json`);
  }

  function readKept(resourcePath: string): Kept | undefined {
    const file = fileOf(resourcePath);
    return existsSync(file) ? (JSON.parse(readFileSync(file, "utf8")) as Kept) : undefined;
  }

  function writeKept(kept: Kept): void {
    const file = fileOf(kept.path);
    writeFileSync(`${file}.tmp`, JSON.stringify(kept, null, 2));
    renameSync(`${file}.tmp`, file);
  }

  function allKept(): Kept[] {
    return readdirSync(context.folder)
      .filter((name) => name.endsWith(".json"))
      .map((name) => JSON.parse(readFileSync(path.join(context.folder, name), "utf8")) as Kept);
  }
}

function resourceOf({ physicalId, data }: Kept): CreatedResource {
  const attributes = Object.entries(data).map(([name, value]) => [
    name,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return { ref: physicalId, attributes: Object.fromEntries(attributes) };
}

/** CloudFormation hands numbers and booleans to providers as text. */
function asText(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asText);
  if (typeof value !== "object" || value === null) return value === null ? null : String(value);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, asText(each)]));
}

async function silence(limitMs: number): Promise<ProviderAnswer> {
  await new Promise((resolve) => setTimeout(resolve, limitMs).unref());
  return {
    Status: "FAILED",
    Reason: `its function returned, but put no answer to the ResponseURL in ${limitMs / 1000} seconds`,
  };
}

function stackId(resourcePath: string, { region, accountId }: CloudContext): string {
  const name = resourcePath.split("/").slice(0, -1).join("-") || resourcePath;
  const digest = createHash("sha256").update(name).digest("hex");
  const uuid = digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
  return `arn:aws:cloudformation:${region}:${accountId}:stack/${name}/${uuid}`;
}
