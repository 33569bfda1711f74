/** What model calls need in a function: Bedrock, a concurrency limiter, and an end while there is still time to report it. */
import { BedrockModel } from "../../worker/adapters/bedrock-model.ts";
import { systemClock } from "../../worker/adapters/system-clock.ts";
import { ConditionVariable } from "../../worker/condition-variable.ts";
import type { CallContext } from "../../worker/calls/call.ts";
import { ConcurrencyLimiter } from "../../worker/calls/concurrency-limiter.ts";
import { ModelCooldowns } from "../../worker/calls/model-cooldowns.ts";
import { ModelPaces } from "../../worker/calls/model-paces.ts";

const CALLS_IN_FLIGHT = 8;
/** Some ten seconds in total: a person is waiting, and may start again. */
const MAX_CALL_ATTEMPTS = 8;
/** No call starts when there is not enough time for a typical one. */
const MIN_CALL_MS = 60_000;
/** Calls in flight are aborted this long before the end, so that what they may have cost can be recorded. */
const SHUTDOWN_MARGIN_MS = 15_000;

export interface LambdaContext {
  getRemainingTimeInMillis(): number;
}

export class ModelCalls {
  readonly context: CallContext;
  readonly #stopping = new AbortController();
  readonly #aborting = new AbortController();
  readonly #timers: NodeJS.Timeout[];

  /** @param lost aborted when no model may be called any longer */
  constructor(lambdaContext: LambdaContext, lost: AbortSignal, observed?: CallContext["onCall"]) {
    this.context = {
      ports: {
        model: (bedrock ??= new BedrockModel({})),
        clock: systemClock,
        random: Math.random,
      },
      limiter: new ConcurrencyLimiter({
        maxCalls: CALLS_IN_FLIGHT,
        clock: systemClock,
        changed: new ConditionVariable(),
      }),
      cooldowns: new ModelCooldowns(),
      paces: new ModelPaces(),
      maxCallAttempts: MAX_CALL_ATTEMPTS,
      aborting: this.#aborting.signal,
      stopping: this.#stopping.signal,
      untilLeaseFresh: async () => {},
      onCharged: () => {},
      onProgress: () => {},
      onCall: observed,
    };
    const left = lambdaContext.getRemainingTimeInMillis();
    const after = (ms: number, action: () => void) => setTimeout(action, Math.max(0, ms)).unref();
    this.#timers = [
      after(left - MIN_CALL_MS, () => this.#stop()),
      after(left - SHUTDOWN_MARGIN_MS, () => this.#abort()),
    ];
    lost.addEventListener("abort", () => this.#abort());
  }

  /** Whether no more calls start: the function's time is nearly up, or its run was lost. */
  get isStopping(): boolean {
    return this.#stopping.signal.aborted;
  }

  end(): void {
    this.#timers.forEach(clearTimeout);
  }

  #stop(): void {
    this.#stopping.abort();
  }

  #abort(): void {
    this.#aborting.abort();
    this.#stop();
  }
}

/** Keeps its connections across invocations. */
let bedrock: BedrockModel | undefined;
