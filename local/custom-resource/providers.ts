/** Calls the provider functions of custom resources. Each gets a request and answers with a PUT to the ResponseURL. */
import { createHash, randomUUID } from "node:crypto";
import type { IncomingMessage, ServerResponse } from "node:http";
import { InvokeCommand, LambdaClient } from "@aws-sdk/client-lambda";
import { listen, parseJson, readBody, sendJson, type Listening } from "../http.ts";
import { listenOnRememberedPort } from "../remembered-port.ts";
import type { CloudContext } from "../service.ts";
import type { StoredResource } from "./stored-resources.ts";

/** How long a provider may take to answer after its function returned, unless the template gives a `ServiceTimeout`. */
const DEFAULT_ANSWER_TIMEOUT_MS = 60_000;

export type RequestType = "Create" | "Update" | "Delete";

/** The body that a provider puts to the ResponseURL. */
export interface ProviderAnswer {
  readonly Status: "SUCCESS" | "FAILED";
  readonly Reason?: string;
  readonly PhysicalResourceId?: string;
  readonly Data?: Readonly<Record<string, unknown>>;
}

type RequestedResource = Omit<StoredResource, "physicalId" | "data"> & { readonly physicalId: string | undefined };

export class Providers {
  readonly #waiting = new Map<string, (answer: ProviderAnswer) => void>();
  #listening: Listening | undefined;
  #lambda: LambdaClient | undefined;

  constructor(private readonly context: CloudContext) {}

  /** @returns the address that receives the answers */
  async start(): Promise<string> {
    const { folder, origins } = this.context;
    this.#listening = await listenOnRememberedPort(folder, (port) =>
      listen((request, response) => this.#receiveAnswer(request, response), { port, origins }),
    );
    return this.#listening.url;
  }

  async stop(): Promise<void> {
    this.#lambda?.destroy();
    await this.#listening?.close();
  }

  /**
   * @param before the resource that an Update replaces
   * @throws Error naming the resource and the provider's reason
   */
  async call(requestType: RequestType, resource: RequestedResource, before?: StoredResource): Promise<ProviderAnswer> {
    const requestId = randomUUID();
    const answered = new Promise<ProviderAnswer>((resolve) => this.#waiting.set(requestId, resolve));
    try {
      const { properties } = resource;
      const timeoutMs = Number(properties["ServiceTimeout"] ?? DEFAULT_ANSWER_TIMEOUT_MS / 1000) * 1000;
      const request = this.#requestOf(requestType, requestId, resource, before);
      const failed = this.#invoke(request).then((failure) => failure ?? timeout(timeoutMs));
      const answer = await Promise.race([answered, failed]);
      if (answer.Status === "SUCCESS") return answer;
      const reason = answer.Reason ?? "no reason was given";
      throw new Error(`${resource.path}: its provider failed to ${requestType.toLowerCase()} it: ${reason}`);
    } finally {
      this.#waiting.delete(requestId);
    }
  }

  #requestOf(requestType: RequestType, requestId: string, resource: RequestedResource, before?: StoredResource) {
    return {
      RequestType: requestType,
      ServiceToken: String(resource.properties["ServiceToken"]),
      ResponseURL: `${this.#listening?.url}/${requestId}`,
      StackId: stackId(resource.path, this.context),
      RequestId: requestId,
      ResourceType: resource.type,
      LogicalResourceId: resource.logicalId,
      ...(resource.physicalId !== undefined && { PhysicalResourceId: resource.physicalId }),
      ResourceProperties: resource.properties,
      ...(requestType === "Update" && { OldResourceProperties: before?.properties }),
    };
  }

  /** @returns why the function itself failed; `undefined` when it returned, since then only its PUT counts */
  async #invoke(request: { readonly ServiceToken: string }): Promise<ProviderAnswer | undefined> {
    this.#lambda ??= new LambdaClient({
      region: this.context.region,
      endpoint: this.context.endpoints["lambda"],
      credentials: this.context.gate.operator(),
      maxAttempts: 1,
    });
    const command = new InvokeCommand({ FunctionName: request.ServiceToken, Payload: JSON.stringify(request) });
    try {
      const { FunctionError, Payload } = await this.#lambda.send(command);
      if (!FunctionError) return undefined;
      const { errorType, errorMessage } = JSON.parse(Payload?.transformToString() ?? "{}");
      return { Status: "FAILED", Reason: `its function failed with ${errorType}: ${errorMessage}` };
    } catch (error) {
      return { Status: "FAILED", Reason: (error as Error).message };
    }
  }

  async #receiveAnswer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    const settle = this.#waiting.get((request.url ?? "").slice(1).split("?")[0] ?? "");
    if (request.method !== "PUT" || !settle)
      return sendJson(response, 403, { message: "No request is waiting for this answer." });
    const answer = parseJson(await readBody(request)) as ProviderAnswer;
    response.writeHead(200, { "content-length": 0 }).end();
    settle(answer);
  }
}

async function timeout(timeoutMs: number): Promise<ProviderAnswer> {
  await new Promise((resolve) => setTimeout(resolve, timeoutMs).unref());
  return {
    Status: "FAILED",
    Reason: `its function returned but sent no answer to the ResponseURL within ${timeoutMs / 1000} seconds`,
  };
}

function stackId(resourcePath: string, { region, accountId }: CloudContext): string {
  const name = resourcePath.split("/").slice(0, -1).join("-") || resourcePath;
  const digest = createHash("sha256").update(name).digest("hex");
  const uuid = digest.replace(/^(.{8})(.{4})(.{4})(.{4})(.{12}).*$/, "$1-$2-$3-$4-$5");
  return `arn:aws:cloudformation:${region}:${accountId}:stack/${name}/${uuid}`;
}
