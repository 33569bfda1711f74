/** Forwards a Converse call to the real Amazon Bedrock, with the credentials of this machine's user, never the caller's. */
import { BedrockRuntimeClient, ConverseCommand, CountTokensCommand } from "@aws-sdk/client-bedrock-runtime";
import type { ConverseCommandInput, ConverseRequest as SdkConverseRequest } from "@aws-sdk/client-bedrock-runtime";
import { AwsError } from "../service.ts";
import type { ConverseRequest, StopReason } from "./converse.ts";
import type { Model } from "./model.ts";
import type { Forward } from "./options.ts";

export interface RealBedrock {
  readonly model: Model;
  countTokens(modelId: string, request: ConverseRequest): Promise<number>;
  close(): void;
}

/** @param region used if the forward names none */
export function realBedrock(forward: Forward & { readonly kind: "bedrock" }, region: string): RealBedrock {
  const place = forward.region ?? region;
  const client = new BedrockRuntimeClient({
    region: place,
    // Explicit, so that this cloud's own AWS_ENDPOINT_URL_BEDROCK_RUNTIME cannot route the call back here.
    endpoint: forward.endpoint ?? `https://bedrock-runtime.${place}.amazonaws.com`,
    // Retries are the caller's decision, as on AWS.
    maxAttempts: 1,
  });
  return {
    async model({ modelId, request, signal }) {
      const input = { ...(decodeBlobs(request) as ConverseCommandInput), modelId };
      const answer = await client.send(new ConverseCommand(input), { abortSignal: signal }).catch(rethrow);
      const { inputTokens = 0, outputTokens = 0, totalTokens = inputTokens + outputTokens } = answer.usage ?? {};
      return {
        content: encodeBlobs(answer.output?.message?.content ?? []) as never,
        stopReason: (answer.stopReason ?? "end_turn") as StopReason,
        usage: { ...answer.usage, inputTokens, outputTokens, totalTokens },
      };
    },
    async countTokens(modelId, request) {
      const input = { converse: decodeBlobs(request) as SdkConverseRequest };
      const answer = await client.send(new CountTokensCommand({ modelId, input })).catch(rethrow);
      return answer.inputTokens ?? 0;
    },
    close: () => client.destroy(),
  };
}

function rethrow(error: any): never {
  const status: number = error?.$metadata?.httpStatusCode ?? 503;
  const code: string = error?.$fault ? error.name : "ServiceUnavailableException";
  const retryAfter: unknown = error?.$response?.headers?.["retry-after"];
  throw new AwsError(status, code, error?.message ?? String(error), retryAfter ? { retryAfter } : {});
}

/** Bytes are base64 on the wire and binary in the SDK. They occur only in members with these names. */
const BLOB_NAMES = new Set(["bytes", "redactedContent"]);

function decodeBlobs(value: unknown, name = ""): unknown {
  if (typeof value === "string") return BLOB_NAMES.has(name) ? Buffer.from(value, "base64") : value;
  return mapMembers(value, decodeBlobs);
}

function encodeBlobs(value: unknown): unknown {
  if (value instanceof Uint8Array) return Buffer.from(value).toString("base64");
  return mapMembers(value, encodeBlobs);
}

function mapMembers(value: unknown, map: (member: unknown, name: string) => unknown): unknown {
  if (Array.isArray(value)) return value.map((item) => map(item, ""));
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value).map(([name, member]) => [name, isDocument(name) ? member : map(member, name)]),
  );
}

/** Free-form JSON, whose members are not part of the protocol. */
function isDocument(name: string): boolean {
  return name === "json" || name === "input" || name === "additionalModelRequestFields";
}
