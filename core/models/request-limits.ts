/**
 * What Bedrock refuses a particular model, beyond what Converse refuses all of them: it answers with a ValidationException, so
 * that every call of a step with such a setting would fail.
 */
export interface RequestLimits {
  /** The largest `maxTokens` that Bedrock accepts; some models document less as their longest answer. */
  readonly maxOutputTokens: number;
  /** Which of `temperature` and `topP` a request may set. */
  readonly sampling: "both" | "either" | "neither";
  /** Which stop sequences a request may have. */
  readonly stopSequences: "any" | "notBlank" | "none";
}

/** The settings of a request that a model may refuse. */
export interface RequestSettings {
  readonly maxTokens: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly stop?: readonly string[];
}

/** Reads as a sentence: SOMETHING `given`, but MODEL `rule`; `advice`. */
export interface RefusedSetting {
  readonly setting: keyof RequestSettings;
  /** The position in a list of stop sequences. */
  readonly index?: number;
  readonly given: string;
  readonly rule: string;
  readonly advice: string;
}

/** The settings that Bedrock refuses the model; empty if it accepts them all. */
export function refusedSettings(settings: RequestSettings, limits: RequestLimits): RefusedSetting[] {
  return [
    ...refusedLength(settings, limits),
    ...refusedSampling(settings, limits),
    ...refusedStopSequences(settings, limits),
  ];
}

function refusedLength({ maxTokens }: RequestSettings, { maxOutputTokens }: RequestLimits): RefusedSetting[] {
  if (maxTokens <= maxOutputTokens) return [];
  const given = `sets maxTokens to ${maxTokens}`;
  return [{ setting: "maxTokens", given, rule: `accepts at most ${maxOutputTokens}`, advice: "lower it" }];
}

function refusedSampling(settings: RequestSettings, { sampling }: RequestLimits): RefusedSetting[] {
  const set = (["temperature", "topP"] as const).filter((setting) => settings[setting] !== undefined);
  if (sampling === "neither")
    return set.map((setting) => ({
      setting,
      given: `sets ${setting}`,
      rule: "does not support it",
      advice: "remove it",
    }));
  if (sampling === "both" || set.length < 2) return [];
  const rule = "accepts only one of them";
  return [{ setting: "topP", given: "sets both temperature and topP", rule, advice: "remove one" }];
}

function refusedStopSequences({ stop = [] }: RequestSettings, { stopSequences }: RequestLimits): RefusedSetting[] {
  if (stop.length === 0 || stopSequences === "any") return [];
  if (stopSequences === "none")
    return [{ setting: "stop", given: "sets stop", rule: "does not support stop sequences", advice: "remove it" }];
  const index = stop.findIndex((sequence) => sequence.trim() === "");
  if (index < 0) return [];
  const given = "has a blank stop sequence";
  return [{ setting: "stop", index, given, rule: "does not support those", advice: "remove it" }];
}
