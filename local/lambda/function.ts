/** A Lambda function and its instances, which are started on demand, kept warm, and stopped when idle. */
import { randomUUID } from "node:crypto";
import { mkdirSync } from "node:fs";
import path from "node:path";
import { clockAhead } from "../clock/clock-ahead.ts";
import { appendToLog } from "../files.ts";
import { AwsError, type CloudContext } from "../service.ts";
import { Instance, type Outcome } from "./instance.ts";

/** Concurrency of a function without reserved concurrency; on AWS it would be the account's 1,000. */
const DEFAULT_CONCURRENCY = 10;
const IDLE_LIMIT_MS = 5 * 60_000;
/** The last instance stays for longer: whoever comes back after a while does not wait for a new one. */
const LAST_IDLE_LIMIT_MS = 60 * 60_000;
const CREDENTIALS_SECONDS = 6 * 3600;
/** An instance whose credentials would expire during the longest possible event is replaced before the next one. */
const CREDENTIALS_MARGIN_MS = 16 * 60_000;
const MAX_RESULT_BYTES = 6 * 1024 * 1024 + 100;

export interface FunctionConfig {
  readonly name: string;
  readonly arn: string;
  /** The folder with its code. */
  readonly folder: string;
  readonly handler: string;
  readonly runtime: string;
  readonly roleArn: string;
  readonly environment: Readonly<Record<string, string>>;
  readonly timeoutMs: number;
  readonly memoryMb: number;
  /** `ReservedConcurrentExecutions`, if set. */
  readonly reserved: number | undefined;
}

interface Waiting {
  take(instance: Instance): void;
  giveUp(error: Error): void;
}

export class LocalFunction {
  readonly #instances = new Set<Instance>();
  readonly #idle: Instance[] = [];
  readonly #inHand = new Set<Promise<Outcome>>();
  readonly #waiting: Waiting[] = [];
  readonly #logFile: string;
  readonly #sweep: NodeJS.Timeout;
  #stopped = false;

  constructor(
    readonly config: FunctionConfig,
    private readonly context: CloudContext,
  ) {
    const logs = path.join(context.folder, "logs");
    mkdirSync(logs, { recursive: true });
    this.#logFile = path.join(logs, `${config.name}.log`);
    this.#sweep = setInterval(() => this.#endIdle(), IDLE_LIMIT_MS / 5).unref();
  }

  /**
   * Handles one event.
   * @param waits whether to wait for a free instance (asynchronous events) instead of being throttled
   * @throws AwsError 429 `TooManyRequestsException` beyond the reserved concurrency; 502 for an unsupported runtime; 503 once
   *   stopped
   */
  async invoke(
    payload: string,
    options: { qualifier?: string; requestId?: string; waits?: boolean } = {},
  ): Promise<Outcome> {
    this.#assertPlayable();
    const instance = await this.#acquire(options.waits ?? false);
    const requestId = options.requestId ?? randomUUID();
    const startedAtMs = performance.now();
    this.#writeLog(`START RequestId: ${requestId} Version: ${options.qualifier ?? "$LATEST"}\n`);
    const running = instance.run({
      requestId,
      payload,
      functionArn: options.qualifier ? `${this.config.arn}:${options.qualifier}` : this.config.arn,
      timeoutMs: this.config.timeoutMs,
      clockAheadMs: clockAhead(this.context.clock),
    });
    this.#inHand.add(running);
    const outcome = await running.finally(() => this.#inHand.delete(running));
    const tookMs = (performance.now() - startedAtMs).toFixed(2);
    const failure = outcome.failed ? `\t${outcome.payload}` : "";
    this.#writeLog(`END RequestId: ${requestId}\nREPORT RequestId: ${requestId}\tDuration: ${tookMs} ms${failure}\n`);
    this.#release(instance);
    return limited(outcome);
  }

  /** Starts an instance if there is none, so that the first event does not wait for it. Resolves once it is ready. */
  async warm(): Promise<void> {
    if (this.#stopped || this.#instances.size > 0 || !this.#isPlayable) return;
    const instance = this.#startInstance();
    this.#idle.push(instance);
    await instance.ready;
  }

  /** Ends all instances; running events fail. */
  async stop(): Promise<void> {
    this.#stopped = true;
    clearInterval(this.#sweep);
    for (const { giveUp } of this.#waiting.splice(0)) giveUp(stopped());
    await Promise.all([...this.#instances].map((instance) => instance.end()));
    await Promise.all(this.#inHand);
  }

  get #isPlayable(): boolean {
    return this.config.runtime.startsWith("nodejs");
  }

  #assertPlayable(): void {
    const { runtime, name } = this.config;
    if (this.#isPlayable) return;
    throw new AwsError(
      502,
      "InvalidRuntimeException",
      `The function ${name} has the runtime ${runtime || "of a container image"}; the local cloud supports Node.js functions only.`,
    );
  }

  async #acquire(waits: boolean): Promise<Instance> {
    // An instance started now would outlive the cloud.
    if (this.#stopped) throw stopped();
    const idle = this.#takeIdle();
    if (idle) return idle;
    const { reserved } = this.config;
    if (this.#instances.size < (reserved ?? DEFAULT_CONCURRENCY)) return this.#startInstance();
    if (reserved !== undefined && !waits) throw throttled();
    return new Promise((take, giveUp) => this.#waiting.push({ take, giveUp }));
  }

  #takeIdle(): Instance | undefined {
    for (let instance = this.#idle.pop(); instance; instance = this.#idle.pop()) {
      if (this.#isUsable(instance)) return instance;
      this.#discard(instance);
    }
    return undefined;
  }

  #release(instance: Instance): void {
    const next = this.#waiting.shift();
    const usable = this.#isUsable(instance) && !this.#stopped;
    if (!usable) this.#discard(instance);
    if (next) return this.#pass(next, usable ? instance : undefined);
    instance.idleSinceMs = Date.now();
    if (usable) this.#idle.push(instance);
  }

  #pass({ take, giveUp }: Waiting, instance: Instance | undefined): void {
    try {
      take(instance ?? this.#startInstance());
    } catch (error) {
      giveUp(error as Error);
    }
  }

  #isUsable(instance: Instance): boolean {
    return !instance.isSpent && instance.credentialsExpireAtMs - CREDENTIALS_MARGIN_MS > this.context.clock.now();
  }

  #discard(instance: Instance): void {
    this.#instances.delete(instance);
    void instance.end();
  }

  #endIdle(): void {
    const limitMs = () => (this.#instances.size > 1 ? IDLE_LIMIT_MS : LAST_IDLE_LIMIT_MS);
    while (this.#idle[0] && this.#idle[0].idleSinceMs < Date.now() - limitMs())
      this.#discard(this.#idle.shift() as Instance);
  }

  #startInstance(): Instance {
    const { name, roleArn, folder, memoryMb } = this.config;
    const credentials = this.context.gate.issue(roleArn, name, { durationSeconds: CREDENTIALS_SECONDS });
    const env = {
      ...environmentOf(this.config),
      ...this.context.environment(),
      AWS_REGION: this.context.region,
      AWS_DEFAULT_REGION: this.context.region,
      AWS_ACCESS_KEY_ID: credentials.accessKeyId,
      AWS_SECRET_ACCESS_KEY: credentials.secretAccessKey,
      AWS_SESSION_TOKEN: credentials.sessionToken,
    };
    const writeLog = (text: string) => this.#writeLog(text);
    const instance = new Instance({ folder, env, memoryMb, writeLog }, credentials.expiresAtMs);
    if (instance.hasFailedToStart) throw notStarted();
    this.#instances.add(instance);
    return instance;
  }

  #writeLog(text: string): void {
    appendToLog(this.#logFile, text);
  }
}

function environmentOf(config: FunctionConfig): Record<string, string> {
  return {
    PATH: process.env["PATH"] ?? "",
    LANG: "en_US.UTF-8",
    TZ: "UTC",
    ...config.environment,
    _HANDLER: config.handler,
    LAMBDA_TASK_ROOT: config.folder,
    AWS_EXECUTION_ENV: `AWS_Lambda_${config.runtime}`,
    AWS_LAMBDA_FUNCTION_NAME: config.name,
    AWS_LAMBDA_FUNCTION_VERSION: "$LATEST",
    AWS_LAMBDA_FUNCTION_MEMORY_SIZE: String(config.memoryMb),
    AWS_LAMBDA_INITIALIZATION_TYPE: "on-demand",
    AWS_LAMBDA_LOG_GROUP_NAME: `/aws/lambda/${config.name}`,
    AWS_LAMBDA_LOG_STREAM_NAME: `local/[$LATEST]${randomUUID().replaceAll("-", "")}`,
    // Keeps the SDK's notice about the machine's Node version out of the function's log.
    AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
  };
}

function limited(outcome: Outcome): Outcome {
  if (Buffer.byteLength(outcome.payload) <= MAX_RESULT_BYTES) return outcome;
  const errorMessage = `Response payload size exceeded maximum allowed payload size (${MAX_RESULT_BYTES} bytes).`;
  const payload = JSON.stringify({ errorType: "Function.ResponseSizeTooLarge", errorMessage });
  return { ...outcome, failed: true, payload };
}

function stopped(): AwsError {
  return new AwsError(503, "ServiceException", "The local cloud is stopping.");
}

function notStarted(): AwsError {
  return new AwsError(500, "ServiceException", "There is no room to start a process of the function; retry later.");
}

function throttled(): AwsError {
  return new AwsError(429, "TooManyRequestsException", "Rate Exceeded.", {
    Reason: "ReservedFunctionConcurrentInvocationLimitExceeded",
  });
}
