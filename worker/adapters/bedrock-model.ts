/** Models of Amazon Bedrock by Converse. The client repeats nothing by itself: every attempt is reserved and charged. */
import {
  BedrockRuntimeClient,
  BedrockRuntimeServiceException,
  ConverseCommand,
  type BedrockRuntimeClientConfig,
  type ConverseCommandInput,
  type ConverseCommandOutput,
} from "@aws-sdk/client-bedrock-runtime";
import { getSchemaSerdePlugin } from "@smithy/core/schema";
import { ModelError, type ModelClient, type ModelAnswer, type ModelErrorKind, type ModelRequest } from "../ports.ts";
import type { Signal } from "../signal.ts";
import { ANSWER, structuredOutputFor } from "./structured-output.ts";
import { HttpHandler, type BufferedRequest } from "./http-handler.ts";

/**
 * Middleware that makes a copy of all that is sent and answered for a log that nobody keeps, counts the SDK's features in use,
 * and looks for a function that calls itself: together with what retries nothing an eighth of a call's processor time.
 */
const UNUSED = ["loggerMiddleware", "getUserAgentMiddleware", "recursionDetectionMiddleware"];

/** Under which a call's input carries its signal to the end of the chain. */
const SIGNAL = Symbol("signal");
type SignalledInput = ConverseCommandInput & { [SIGNAL]?: Signal };

export class BedrockModel implements ModelClient {
  readonly #client: BedrockRuntimeClient;
  readonly #handler = new HttpHandler();

  constructor(config: Omit<BedrockRuntimeClientConfig, "maxAttempts" | "cacheMiddleware" | "requestHandler">) {
    // Resolving the middleware once and not for each call saves a quarter of a call's processor time. The client does so only
    // for calls without options, so signals travel in the inputs.
    const requestHandler = this.#handler as never;
    this.#client = new BedrockRuntimeClient({ ...config, requestHandler, maxAttempts: 1, cacheMiddleware: true });
    const { middlewareStack, config: resolved } = this.#client;
    // One region and one service: the client would make a signer for each call.
    const { signer: make } = resolved;
    let signer: ReturnType<typeof make> | undefined;
    resolved.signer = () => (signer ??= make());
    // The middleware copies the configuration several times a call, which takes ten times as long while it holds an accessor.
    const plain = { ...resolved };
    Object.assign(this.#client, { config: plain });
    middlewareStack.use(getSchemaSerdePlugin(plain));
    for (const name of UNUSED) middlewareStack.remove(name);
    // Others of the chain name it as their place.
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
  const { instruction = "", ...ways } = schema ? structuredOutputFor(modelId, schema) : {};
  const messages = [...turns, { role: "user" as const, text: prompt + instruction }];
  return {
    modelId,
    messages: messages.map(({ role, text }) => ({ role, content: [{ text }] })),
    ...(system && { system: [{ text: system }] }),
    inferenceConfig: { maxTokens, temperature, topP, stopSequences: stop && [...stop] },
    ...ways,
  };
}

/** Exported for its test. */
export function answerOf({
  output,
  stopReason,
  usage,
}: Pick<ConverseCommandOutput, "output" | "stopReason" | "usage">): ModelAnswer {
  const content = output?.message?.content ?? [];
  const input = content.find(({ toolUse }) => toolUse?.name === ANSWER)?.toolUse?.input;
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
/** The model is gone, or not ours to use. */
const INACCESSIBLE = ["AccessDeniedException", "ResourceNotFoundException"];
/** An id that Bedrock does not know, or not without an inference profile, comes as a ValidationException. */
const NO_SUCH_MODEL = /model identifier is invalid|on-demand throughput isn.t supported/;
/** The model's own mishap with a request that was right. */
const MODEL_ERROR = 424;
/** The task's credentials are renewed by themselves. */
const EXPIRED_CREDENTIALS = ["ExpiredTokenException", "ExpiredToken", "InvalidSignatureException"];
/** No connection came about, so no call did. */
const CONNECTION_FAILED = ["ECONNREFUSED", "ENOTFOUND", "EAI_AGAIN", "EHOSTUNREACH", "ENETUNREACH"];

/** Exported for its test. */
export function modelErrorOf(error: unknown, modelId: string, signal: Signal): ModelError {
  const { name = "Error", message = String(error), code } = error as Partial<Error & { code: string }>;
  const fault = (kind: ModelErrorKind, sentence: string) => new ModelError(kind, sentence, { cause: error });
  if (signal.aborted) return fault("unclear", `The call of ${modelId} got no answer in time and was given up.`);
  if (error instanceof BedrockRuntimeServiceException) {
    const status = error.$metadata.httpStatusCode ?? 500;
    const sentence = `The model ${modelId} answered ${name}: ${message}`.replace(/[.\s]*$/, ".");
    const retryAfterMs = retryAfterOf(error.$response?.headers["retry-after"], Date.now());
    if (THROTTLED.includes(name) || status === 429 || (status === 503 && retryAfterMs !== undefined))
      return new ModelError("throttled", sentence, { cause: error }, retryAfterMs);
    if (status >= 500 || [408, MODEL_ERROR].includes(status) || EXPIRED_CREDENTIALS.includes(name))
      return fault("transient", sentence);
    const isGone = INACCESSIBLE.includes(name) || NO_SUCH_MODEL.test(message);
    return fault(isGone ? "inaccessible" : "invalid", sentence);
  }
  const kind = CONNECTION_FAILED.includes(code ?? "") ? "transient" : "unclear";
  return fault(kind, `The connection to the model ${modelId} failed (${code ?? name}: ${message}).`);
}

/** Nobody is asked to wait for longer in earnest. */
const LONGEST_RETRY_AFTER_MS = 300_000;

/** The header's seconds, or its date, as milliseconds from now. Exported for its test. */
export function retryAfterOf(header: string | undefined, nowMs: number): number | undefined {
  if (!header) return undefined;
  const seconds = Number(header);
  const ms = Number.isNaN(seconds) ? Date.parse(header) - nowMs : seconds * 1_000;
  return Number.isNaN(ms) ? undefined : Math.min(LONGEST_RETRY_AFTER_MS, Math.max(0, ms));
}
