/** The sample model with a service's latency, throttling and faults, as configured. */
import { setTimeout as wait } from "node:timers/promises";
import { decideFate, throttled } from "./faults.ts";
import type { Model } from "./model.ts";
import { checkSettings, DEFAULT_SETTINGS } from "./options.ts";
import type { SampleSettings } from "./options.ts";
import { isRepair } from "./repair.ts";
import { answerAsSample } from "./sample-model.ts";

export interface SampleService {
  readonly model: Model;
  /** Changes some settings from the next call on. @throws Error for invalid settings */
  configure(settings: Partial<SampleSettings>): void;
}

/** The fraction of a streamed answer's latency before its first word. */
const FIRST_WORD_SHARE = 0.3;

export function sampleService(given: Partial<SampleSettings> = {}): SampleService {
  let settings = { ...DEFAULT_SETTINGS, ...checkSettings(given) };
  let callNumber = 0;
  let inFlight = 0;

  return {
    configure(changes) {
      settings = { ...settings, ...checkSettings(changes) };
    },
    async model({ modelId, request, isStreamed, signal }) {
      const mine = { ...settings, ...settings.models?.[modelId] };
      const { seed, throttleAfter = Infinity, retryAfterSeconds } = mine;
      const fate = decideFate(mine, ++callNumber);
      if (fate.isThrottled || inFlight >= throttleAfter) throw throttled(retryAfterSeconds);
      inFlight++;
      try {
        const untilFirstWordMs = isStreamed ? fate.latencyMs * FIRST_WORD_SHARE : fate.latencyMs;
        if (untilFirstWordMs > 0) await wait(untilFirstWordMs, undefined, { signal });
        if (fate.failure) throw fate.failure;
        const hasBadJson = isRepair(request) ? fate.hasBadJsonAgain : fate.hasBadJson;
        const { cutAt, isRefused } = fate;
        const answer = answerAsSample({ modelId, request, seed, hasBadJson, isRefused, cutAt });
        return { ...answer, paceMs: fate.latencyMs - untilFirstWordMs };
      } finally {
        inFlight--;
      }
    },
  };
}
