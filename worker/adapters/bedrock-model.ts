/** Amazon Bedrock's models through the Converse API. The client never retries: every attempt is reserved and charged. */
import {
  BedrockRuntimeClient,
  BedrockRuntimeServiceException,
  ConverseCommand,
  type BedrockRuntimeClientConfig,
  type ContentBlock,
  type ConverseCommandInput,
  type ConverseCommandOutput,
} from "@aws-sdk/client-bedrock-runtime";
import { getSchemaSerdePlugin } from "@smithy/core/schema";
import { partReasoning, type PartedText } from "#core/models/reasoning";
import { ModelError, type ModelClient, type ModelAnswer, type ModelErrorKind, type ModelRequest } from "../ports.ts";
import type { Signal } from "../signal.ts";
import { ANSWER, structuredOutputFor } from "./structured-output.ts";
import { HttpHandler, type BufferedRequest } from "./http-handler.ts";

/**
 * Middleware that copies requests and responses for a log nobody keeps, reports which SDK features are in use, and detects
 * recursive Lambda functions: together with the retry middleware an eighth of a call's CPU time.
 */
const UNUSED = ["loggerMiddleware", "getUserAgentMiddleware", "recursionDetectionMiddleware"];

/** The key under which a call's input carries its signal to the end of the middleware chain. */
const SIGNAL = Symbol("signal");
type SignalledInput = ConverseCommandInput & { [SIGNAL]?: Signal };

export class BedrockModel implements ModelClient {
  readonly #client: BedrockRuntimeClient;
  readonly #handler = new HttpHandler();

  constructor(config: Omit<BedrockRuntimeClientConfig, "maxAttempts" | "cacheMiddleware" | "requestHandler">) {
    // Resolving the middleware once instead of for each call saves a quarter of a call's CPU time. The client does so only for
    // calls without options, so signals travel in the inputs.
    const requestHandler = this.#handler as never;
    this.#client = new BedrockRuntimeClient({ ...config, requestHandler, maxAttempts: 1, cacheMiddleware: true });
    const { middlewareStack, config: resolved } = this.#client;
    // One region and one service: otherwise the client would create a signer for each call.
    const createSigner = resolved.signer;
    let signer: ReturnType<typeof createSigner> | undefined;
    resolved.signer = () => (signer ??= createSigner());
    // The middleware copies the configuration several times per call, which is ten times slower if it has an accessor.
    const plain = { ...resolved };
    Object.assign(this.#client, { config: plain });
    middlewareStack.use(getSchemaSerdePlugin(plain));
    for (const name of UNUSED) middlewareStack.remove(name);
    // Other middleware is positioned relative to it, so a no-op replaces it.
    middlewareStack.add((next) => next, {
      name: "retryMiddleware",
      step: "finalizeRequest",
      priority: "high",
      override: true,
    });
    middlewareStack.add(
      () =>
        async ({ input, request }) => {
          const signed = request as BufferedRequest;
          signed.headers["user-agent"] = "plot-palette";
          return (await this.#handler.handle(signed, { abortSignal: (input as SignalledInput)[SIGNAL] })) as never;
        },
      { name: "handleWithSignal", step: "deserialize", priority: "low" },
    );
  }

  async converse(request: ModelRequest, signal: Signal): Promise<ModelAnswer> {
    const input: SignalledInput = inputOf(request);
    input[SIGNAL] = signal;
    try {
      return answerOf(await this.#client.send(new ConverseCommand(input)));
    } catch (error) {
      throw modelErrorOf(error, request.modelId, signal);
    }
  }

  /** Closes the connections. */
  destroy(): void {
    this.#client.destroy();
  }
}

/** Exported for its test. */
export function inputOf(request: ModelRequest): ConverseCommandInput {
  const { modelId, system, turns, prompt, maxTokens, temperature, topP, stop, schema } = request;
  const { instruction = "", ...config } = schema ? structuredOutputFor(modelId, schema) : {};
  const messages = [...turns, { role: "user" as const, text: prompt + instruction }];
  return {
    modelId,
    messages: messages.map(({ role, text }) => ({ role, content: [{ text }] })),
    ...(system && { system: [{ text: system }] }),
    inferenceConfig: { maxTokens, temperature, topP, stopSequences: stop && [...stop] },
    ...config,
  };
}

/** Exported for its test. */
export function answerOf({
  output,
  stopReason,
  usage,
  additionalModelResponseFields,
}: Pick<ConverseCommandOutput, "output" | "stopReason" | "usage" | "additionalModelResponseFields">): ModelAnswer {
  const { answer, reasoning } = partedAnswer(output?.message?.content ?? []);
  const { inputTokens = NaN, outputTokens = NaN } = usage ?? {};
  // A negative count would pay money back into the budget.
  const tokens = inputTokens >= 0 && outputTokens >= 0 ? { inputTokens, outputTokens } : undefined;
  // The local cloud names the server that it forwarded the call to.
  const { server } = (additionalModelResponseFields ?? {}) as { readonly server?: string };
  return {
    text: answer,
    ...(reasoning && { reasoning }),
    stopReason: stopReason ?? "end_turn",
    ...(server && { server }),
    usage: tokens,
  };
}

/** What the blocks answer, and the reasoning in blocks of its own or in the text. */
function partedAnswer(content: readonly ContentBlock[]): PartedText {
  const text = content.map((block) => block.text ?? "").join("");
  const input = content.find(({ toolUse }) => toolUse?.name === ANSWER)?.toolUse?.input;
  const parted = input === undefined ? partReasoning(text) : { answer: jsonOf(input) };
  const blocks = content.map(({ reasoningContent }) => reasoningContent?.reasoningText?.text ?? "");
  const reasoning = [...blocks, parted.reasoning ?? ""].filter((thought) => thought.trim() !== "").join("\n\n");
  return { ...parted, ...(reasoning && { reasoning }) };
}

/** A tool's input; text if it was not JSON. */
function jsonOf(input: unknown): string {
  return typeof input === "string" ? input : JSON.stringify(input);
}

const THROTTLED = [
  "ThrottlingException",
  "TooManyRequestsException",
  "ModelNotReadyException",
  "ServiceQuotaExceededException",
];
/** The model is gone, or we may not use it. */
const INACCESSIBLE = ["AccessDeniedException", "ResourceNotFoundException"];
/** A model ID that Bedrock does not know, or only with an inference profile, results in a ValidationException. */
const NO_SUCH_MODEL = /model identifier is invalid|on-demand throughput isn.t supported/;
/** HTTP status of an error in the model itself, for a valid request. */
const MODEL_ERROR = 424;
/** Transient, because the task's credentials are renewed automatically. */
const EXPIRED_CREDENTIALS = ["ExpiredTokenException", "ExpiredToken", "InvalidSignatureException"];
/** No connection was established, so the call never reached the service. */
const CONNECTION_FAILED = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"];

/** Exported for its test. */
export function modelErrorOf(error: unknown, modelId: string, signal: Signal): ModelError {
  const { name = "Error", message = String(error), code } = error as Partial<Error & { code: string }>;
  const modelError = (kind: ModelErrorKind, reason: string) => new ModelError(kind, reason, { cause: error });
  if (signal.aborted) return modelError("unclear", `The call to ${modelId} got no answer in time and was aborted.`);
  if (error instanceof BedrockRuntimeServiceException) {
    const status = error.$metadata.httpStatusCode ?? 500;
    const reason = `The model ${modelId} answered ${name}: ${message}`.replace(/[.\s]*$/, ".");
    const retryAfterMs = retryAfterOf(error.$response?.headers["retry-after"], Date.now());
    if (THROTTLED.includes(name) || status === 429 || (status === 503 && retryAfterMs !== undefined))
      return new ModelError("throttled", reason, { cause: error }, retryAfterMs);
    if (status >= 500 || [408, MODEL_ERROR].includes(status) || EXPIRED_CREDENTIALS.includes(name))
      return modelError("transient", reason);
    const isInaccessible = INACCESSIBLE.includes(name) || NO_SUCH_MODEL.test(message);
    return modelError(isInaccessible ? "inaccessible" : "invalid", reason);
  }
  const kind = CONNECTION_FAILED.includes(code ?? "") ? "transient" : "unclear";
  return modelError(kind, `The connection to the model ${modelId} failed (${code ?? name}: ${message}).`);
}

/** Longer values are not taken seriously. */
const MAX_RETRY_AFTER_MS = 300_000;

/** The header's seconds, or its date, as milliseconds from now. Exported for its test. */
export function retryAfterOf(header: string | undefined, nowMs: number): number | undefined {
  if (!header) return undefined;
  const seconds = Number(header);
  const ms = Number.isNaN(seconds) ? Date.parse(header) - nowMs : seconds * 1_000;
  return Number.isNaN(ms) ? undefined : Math.min(MAX_RETRY_AFTER_MS, Math.max(0, ms));
}
