/** Fault injection. A call's faults depend on the seed and the call's number, never on the answer. */
import { AwsError } from "../service.ts";
import { randomFrom } from "./random.ts";
import type { SampleSettings } from "./options.ts";

export interface Fate {
  /** Rejected immediately. */
  readonly isThrottled: boolean;
  /** Fails with this after the latency. */
  readonly failure?: AwsError;
  readonly latencyMs: number;
  /** Returns invalid output where JSON is requested. */
  readonly hasBadJson: boolean;
  /** The same, for a call that shows the model its invalid answer. */
  readonly hasBadJsonAgain: boolean;
  /** Refuses to answer. */
  readonly isRefused: boolean;
  /** The fraction of the answer after which it is truncated. */
  readonly cutAt?: number;
}

/** The fraction of invalid answers that stay invalid after the model was told why. */
const LEFT_AFTER_REPAIR = 0.25;

/** @param callNumber counts from 1, over all calls */
export function decideFate(settings: SampleSettings, callNumber: number): Fate {
  const random = randomFrom(`fate ${settings.seed} ${callNumber}`);
  const isThrottled = random.next() < settings.throttleRate;
  const isFailed = random.next() < settings.errorRate;
  const failure = random.pick(FAILURES)();
  const jitterMs = (random.next() * 2 - 1) * settings.jitterMs;
  const hasBadJson = random.next() < settings.badJsonRate;
  const isCut = random.next() < settings.truncateRate;
  const cutAt = random.next();
  const hasBadJsonAgain = random.next() < settings.badJsonRate * LEFT_AFTER_REPAIR;
  const isRefused = random.next() < settings.refusalRate;
  return {
    isThrottled,
    failure: isFailed ? failure : undefined,
    latencyMs: Math.max(0, settings.latencyMs + jitterMs),
    hasBadJson,
    hasBadJsonAgain,
    isRefused,
    cutAt: isCut ? cutAt : undefined,
  };
}

export const throttled = (retryAfter?: number) =>
  new AwsError(429, "ThrottlingException", "Too many requests, please wait before trying again.", { retryAfter });

const FAILURES: readonly (() => AwsError)[] = [
  () =>
    new AwsError(
      500,
      "InternalServerException",
      "The system encountered an unexpected error during processing. Try your request again.",
    ),
  () => new AwsError(503, "ServiceUnavailableException", "Bedrock is unable to process your request."),
  () =>
    new AwsError(
      408,
      "ModelTimeoutException",
      "Model has timed out in processing the request. Try your request again.",
    ),
];
