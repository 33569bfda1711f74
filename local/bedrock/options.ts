/** Which model answers: the sample model with its settings, or a real one elsewhere. */
import type { RequestLimits } from "./capabilities.ts";

export interface ModelOptions {
  /** What models refuse, by id: no more than Converse itself by default. The sample model keeps to it; a real one has its own. */
  readonly limits?: Readonly<Record<string, RequestLimits>>;
  /** Settings of the sample model; each has a default. */
  readonly settings?: Partial<SampleSettings>;
  /** Forwards calls there instead of to the sample model. */
  readonly forward?: Forward;
  /** File to which each call appends a line; `model-calls.jsonl` in the service's folder by default. */
  readonly callLog?: string;
}

export interface SampleSettings {
  /** Time until an answer is complete, default 200. */
  readonly latencyMs: number;
  /** Each answer takes up to this much more or less time, default 0. */
  readonly jitterMs: number;
  /** Fraction of calls rejected with ThrottlingException, 0 to 1, default 0. */
  readonly throttleRate: number;
  /** Calls in flight beyond which further calls are throttled; no limit by default. */
  readonly throttleAfter?: number;
  /** `Retry-After` of throttled calls, in seconds; no header by default. */
  readonly retryAfterSeconds?: number;
  /** Fraction of calls that fail with a 5xx or a model timeout, 0 to 1, default 0. */
  readonly errorRate: number;
  /**
   * Fraction of JSON answers that are malformed or do not match their schema, 0 to 1, default 0. A quarter of that when the model
   * is shown its invalid answer, since models do better when told what is wrong.
   */
  readonly badJsonRate: number;
  /** Fraction of answers that are refusals, 0 to 1, default 0. */
  readonly refusalRate: number;
  /** Fraction of answers truncated with `max_tokens`, 0 to 1, default 0. */
  readonly truncateRate: number;
  /** Determines answers and faults, default 1. */
  readonly seed: number;
  /** Settings that differ for particular models, by model id. */
  readonly models?: Readonly<Record<string, Partial<Omit<SampleSettings, "models">>>>;
}

export type Forward =
  | {
      readonly kind: "openai";
      /** `http://127.0.0.1:11434/v1` */
      readonly baseUrl: string;
      readonly apiKey?: string;
      /** The server's name for the model; the first it lists by default. */
      readonly model?: string;
    }
  | {
      readonly kind: "bedrock";
      /** The service's own region by default. */
      readonly region?: string;
      /** Amazon's own by default (a VPC endpoint, for one). */
      readonly endpoint?: string;
    };

export const DEFAULT_SETTINGS: SampleSettings = {
  latencyMs: 200,
  jitterMs: 0,
  throttleRate: 0,
  errorRate: 0,
  badJsonRate: 0,
  refusalRate: 0,
  truncateRate: 0,
  seed: 1,
};

const LONGEST_WAIT_MS = 10 * 60 * 1000;
const RANGES: Readonly<Record<keyof Omit<SampleSettings, "models">, { most: number; isWhole: boolean }>> = {
  latencyMs: { most: LONGEST_WAIT_MS, isWhole: false },
  jitterMs: { most: LONGEST_WAIT_MS, isWhole: false },
  throttleRate: { most: 1, isWhole: false },
  throttleAfter: { most: Number.MAX_SAFE_INTEGER, isWhole: true },
  retryAfterSeconds: { most: 3_600, isWhole: true },
  errorRate: { most: 1, isWhole: false },
  badJsonRate: { most: 1, isWhole: false },
  refusalRate: { most: 1, isWhole: false },
  truncateRate: { most: 1, isWhole: false },
  seed: { most: Number.MAX_SAFE_INTEGER, isWhole: true },
};
const FORWARD_KEYS = ["apiKey", "model"];

/**
 * Parses the user's choice of model.
 * @param text `sample` (or nothing), `openai=http://127.0.0.1:11434/v1`, `openai=URL,model=NAME,key=VARIABLE`, `bedrock`
 * @param settingsJson a JSON object: the sample model's settings, or for `openai` its `apiKey` and `model`
 * @param env holds the key that `key=VARIABLE` names, so that it stands in no command's history
 * @throws Error that says what was expected and what was given
 */
export function parseModelOption(
  text: string | undefined,
  settingsJson: string | undefined,
  env: Readonly<Record<string, string | undefined>> = {},
): ModelOptions {
  const choice = text?.trim() || "sample";
  const given = parseObject(settingsJson);
  if (choice === "sample") return { settings: checkSettings(given) };
  if (choice === "bedrock") {
    refuseUnknown(given, [], "The real Bedrock takes no settings");
    return { forward: { kind: "bedrock" } };
  }
  if (!choice.startsWith("openai=")) {
    throw new Error(
      `The model must be "sample", "openai=http://HOST:PORT/v1" (optionally followed by ",model=NAME,key=VARIABLE") or "bedrock"; got "${choice}".`,
    );
  }
  refuseUnknown(given, FORWARD_KEYS, `An OpenAI-compatible server takes the settings ${FORWARD_KEYS.join(" and ")}`);
  for (const key of FORWARD_KEYS) {
    if (given[key] !== undefined && typeof given[key] !== "string") {
      throw new Error(`The model setting "${key}" must be a string, not ${JSON.stringify(given[key])}.`);
    }
  }
  const [url = "", ...settings] = choice.slice("openai=".length).split(",");
  return { forward: { kind: "openai", baseUrl: readBaseUrl(url), ...given, ...readServerSettings(settings, env) } };
}

/** `model=NAME` and `key=VARIABLE`, in any order. */
function readServerSettings(
  settings: readonly string[],
  env: Readonly<Record<string, string | undefined>>,
): { model?: string; apiKey?: string } {
  return Object.assign(
    {},
    ...settings.map((setting) => {
      const [, name, value] = /^\s*(\w+)=(.+)$/.exec(setting) ?? [];
      if (name === "model") return { model: value?.trim() };
      if (name === "key") return { apiKey: keyIn(env, value?.trim() ?? "") };
      throw new Error(
        `Expected "model=NAME" or "key=VARIABLE" after the server's address, separated by commas; got "${setting}".`,
      );
    }),
  );
}

function keyIn(env: Readonly<Record<string, string | undefined>>, name: string): string {
  const key = env[name];
  if (key) return key;
  throw new Error(
    `The environment variable ${name} is to hold the model server's key, but it is not set; set it, or leave "key=${name}" out.`,
  );
}

/**
 * Reads settings of the sample model from parsed JSON.
 * @throws Error for an unknown key or a value out of its range
 */
export function checkSettings(given: Readonly<Record<string, unknown>>): Partial<SampleSettings> {
  const { models, ...own } = given;
  checkOwnSettings(own, [...Object.keys(RANGES), "models"]);
  if (models !== undefined) checkModels(models);
  return given;
}

function checkModels(models: unknown): void {
  const isMap = (value: unknown) => typeof value === "object" && value !== null && !Array.isArray(value);
  if (isMap(models) && Object.values(models as object).every(isMap)) {
    for (const settings of Object.values(models as object)) checkOwnSettings(settings, Object.keys(RANGES));
    return;
  }
  throw new Error(
    `The model setting "models" must be settings by model, like {"amazon.nova-micro-v1:0":{"throttleRate":1}}; got ${JSON.stringify(models)}.`,
  );
}

function checkOwnSettings(given: Readonly<Record<string, unknown>>, keys: readonly string[]): void {
  refuseUnknown(given, keys, `The sample model takes the settings ${keys.join(", ")}`);
  for (const [key, { most, isWhole }] of Object.entries(RANGES)) {
    const value = given[key];
    if (value === undefined) continue;
    const isNumber = typeof value === "number" && value >= 0 && value <= most;
    if (isNumber && (!isWhole || Number.isInteger(value))) continue;
    const range = most === Number.MAX_SAFE_INTEGER ? "of at least 0" : `from 0 to ${most}`;
    const kind = isWhole ? "whole number" : "number";
    throw new Error(`The model setting "${key}" must be a ${kind} ${range}, not ${JSON.stringify(value)}.`);
  }
}

function parseObject(json: string | undefined): Record<string, unknown> {
  if (!json?.trim()) return {};
  try {
    const value: unknown = JSON.parse(json);
    if (typeof value === "object" && value !== null && !Array.isArray(value)) return { ...value };
  } catch (error) {
    throw new Error(`The model settings must be a JSON object; got ${JSON.stringify(json)}, which is not JSON.`, {
      cause: error,
    });
  }
  throw new Error(`The model settings must be a JSON object like {"latencyMs":200}; got ${json.trim()}.`);
}

function refuseUnknown(given: Readonly<Record<string, unknown>>, known: readonly string[], takes: string): void {
  const unknown = Object.keys(given).find((key) => !known.includes(key));
  if (unknown === undefined) return;
  throw new Error(`${takes}; remove "${unknown}".`);
}

function readBaseUrl(text: string): string {
  if (/^https?:\/\/./.test(text) && URL.canParse(text)) return text.replace(/\/+$/, "");
  throw new Error(`Expected an address like http://127.0.0.1:11434/v1 after "openai="; got "${text}".`);
}
