/** Models of Amazon Bedrock by Converse. The client repeats nothing by itself: every attempt is reserved and charged. */
import type { BedrockRuntimeClient } from "@aws-sdk/client-bedrock-runtime";
import {
  BedrockRuntimeServiceException,
  ConverseCommand,
  type ConverseCommandInput,
  type ConverseCommandOutput,
} from "@aws-sdk/client-bedrock-runtime";
import { findModel } from "#core/models";
import { ModelFault, type Model, type ModelAnswer, type ModelFaultKind, type ModelRequest } from "../ports.ts";

/** The tool a model without response schemas is made to answer by. */
const TOOL = "answer";

export class BedrockModel implements Model {
  constructor(readonly client: BedrockRuntimeClient) {}

  async converse(request: ModelRequest, signal: AbortSignal): Promise<ModelAnswer> {
    try {
      return answerOf(await this.client.send(new ConverseCommand(inputOf(request)), { abortSignal: signal }));
    } catch (error) {
      throw faultOf(error, request.modelId, signal);
    }
  }
}

/** Exported for its test. */
export function inputOf(request: ModelRequest): ConverseCommandInput {
  const { modelId, system, prompt, maxTokens, temperature, topP, stop, schema } = request;
  return {
    modelId,
    messages: [{ role: "user", content: [{ text: prompt }] }],
    ...(system && { system: [{ text: system }] }),
    inferenceConfig: { maxTokens, temperature, topP, stopSequences: stop && [...stop] },
    ...(schema && structured(modelId, schema)),
  };
}

function structured(modelId: string, schema: Readonly<Record<string, unknown>>): Partial<ConverseCommandInput> {
  if (findModel(modelId)?.structuredOutput === "schema") {
    const jsonSchema = { schema: JSON.stringify(schema), name: TOOL };
    return { outputConfig: { textFormat: { type: "json_schema", structure: { jsonSchema } } } };
  }
  // A schema is JSON; the SDK's type for documents only lacks the name for it.
  const json = schema as never;
  const tool = { toolSpec: { name: TOOL, description: "Gives the answer.", inputSchema: { json } } };
  return { toolConfig: { tools: [tool], toolChoice: { tool: { name: TOOL } } } };
}

/** Exported for its test. */
export function answerOf({
  output,
  stopReason,
  usage,
}: Pick<ConverseCommandOutput, "output" | "stopReason" | "usage">): ModelAnswer {
  const content = output?.message?.content ?? [];
  const input = content.find(({ toolUse }) => toolUse?.name === TOOL)?.toolUse?.input;
  const text = input === undefined ? content.map((block) => block.text ?? "").join("") : JSON.stringify(input);
  const told = usage?.inputTokens !== undefined && usage.outputTokens !== undefined;
  const tokens = told ? { inputTokens: usage.inputTokens ?? 0, outputTokens: usage.outputTokens ?? 0 } : undefined;
  return { text, stopReason: stopReason ?? "end_turn", usage: tokens };
}

const THROTTLED = [
  "ThrottlingException",
  "TooManyRequestsException",
  "ModelNotReadyException",
  "ServiceQuotaExceededException",
];
/** The task's credentials are renewed by themselves. */
const RENEWED = ["ExpiredTokenException", "ExpiredToken", "InvalidSignatureException"];
/** No connection came about, so no call did. */
const NEVER_SENT = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"];

/** Exported for its test. */
export function faultOf(error: unknown, modelId: string, signal: AbortSignal): ModelFault {
  const { name = "Error", message = String(error), code } = error as Partial<Error & { code: string }>;
  const fault = (kind: ModelFaultKind, sentence: string) => new ModelFault(kind, sentence, { cause: error });
  if (signal.aborted) return fault("unclear", `The call of ${modelId} got no answer in time and was given up.`);
  if (error instanceof BedrockRuntimeServiceException) {
    const status = error.$metadata.httpStatusCode ?? 500;
    const sentence = `The model ${modelId} answered ${name}: ${message}`.replace(/[.\s]*$/, ".");
    if (THROTTLED.includes(name) || status === 429) return fault("throttled", sentence);
    if (status >= 500 || status === 408 || RENEWED.includes(name)) return fault("passing", sentence);
    return fault("hopeless", sentence);
  }
  const kind = NEVER_SENT.includes(code ?? "") ? "passing" : "unclear";
  return fault(kind, `The connection to the model ${modelId} failed (${code ?? name}: ${message}).`);
}
