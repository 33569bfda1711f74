/** What model calls need in a function: Bedrock, a gate, and an end while there is still time to say so. */
import { BedrockModel } from "../../worker/adapters/bedrock-model.ts";
import { systemClock } from "../../worker/adapters/system-clock.ts";
import { ConditionVariable } from "../../worker/condition-variable.ts";
import type { CallContext } from "../../worker/calls/call.ts";
import { ConcurrencyLimiter } from "../../worker/calls/concurrency-limiter.ts";
import { ModelCooldowns } from "../../worker/calls/model-cooldowns.ts";

const CALLS_IN_FLIGHT = 8;
const CALL_TIMEOUT_MS = 60_000;
/** No call begins any more when there is no time for a usual one. */
const MIN_CALL_MS = 60_000;
/** Calls in flight are given up, so that what they may have cost can be noted. */
const SHUTDOWN_MARGIN_MS = 15_000;

export interface LambdaTime {
  getRemainingTimeInMillis(): number;
}

export class ModelCalls {
  readonly context: CallContext;
  readonly #stopping = new AbortController();
  readonly #aborting = new AbortController();
  readonly #timers: NodeJS.Timeout[];

  /** @param lost aborted when nobody is to call a model any more */
  constructor(time: LambdaTime, lost: AbortSignal, observed?: CallContext["onCall"]) {
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
      callTimeoutMs: CALL_TIMEOUT_MS,
      aborting: this.#aborting.signal,
      stopping: this.#stopping.signal,
      untilLeaseFresh: async () => {},
      onCharged: () => {},
      onProgress: () => {},
      onCall: observed,
    };
    const left = time.getRemainingTimeInMillis();
    const after = (ms: number, action: () => void) => setTimeout(action, Math.max(0, ms)).unref();
    this.#timers = [
      after(left - MIN_CALL_MS, () => this.#stop()),
      after(left - SHUTDOWN_MARGIN_MS, () => this.#abort()),
    ];
    lost.addEventListener("abort", () => this.#abort());
  }

  /** No call begins any more: the function's time is nearly over, or its run is in other hands. */
  get isOver(): boolean {
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

/** Keeps its connections from one invocation to the next. */
let bedrock: BedrockModel | undefined;
