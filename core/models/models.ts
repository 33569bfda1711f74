/**
 * The models a template may use: what they cost, what they can do and from which regions they can be called. A model that is
 * missing here has no known price and is rejected. Safe for APPSYNC_JS: data and arrow functions only.
 */
import type { TokenPrice } from "../money/money.ts";
import type { RequestLimits } from "./request-limits.ts";

export const TIERS = ["economy", "balanced", "premium"] as const;
export type Tier = (typeof TIERS)[number];

export interface Model extends TokenPrice, RequestLimits {
  /** The id Bedrock is called with: a foundation model, or an inference profile with its geography. */
  readonly id: string;
  readonly name: string;
  /** The tier it can serve; within a tier the first usable model of the table is chosen. */
  readonly tier: Tier | null;
  /** How it is made to answer in JSON: a response schema, a forced tool call, or an instruction in the prompt. */
  readonly structuredOutput: "schema" | "tool" | "instruction";
  /** The most tokens of a request and its answer together. */
  readonly contextTokens: number;
  /** The most tokens Bedrock adds to a request for tools and schemas: part of the worst case. */
  readonly overheadTokens: number;
  /**
   * What an output token counts for in the account's tokens per minute, as AWS's page "Token burndown rate" of Bedrock's quotas
   * has it (2026-11): 5 for the Claude models up to 4.7, else 1.
   */
  readonly outputTokenBurndown: number;
  /** The regions it can be called from; null for every region with Bedrock. */
  readonly regions: readonly string[] | null;
  /** Of an inference profile: the regions whose foundation model it may call, `[""]` for the whole world. Null for a foundation model. */
  readonly profileRegions: readonly string[] | null;
  /** Where the price comes from, and as of when. */
  readonly source: string;
  readonly pricedOn: string;
}

const US_REGIONS = ["us-east-1", "us-east-2", "us-west-2"];
const EU_REGIONS = ["eu-central-1", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-3"];
const ANYWHERE = [""];

/**
 * What the models of a family can do, and what their answers cost of a quota. `maxOutputTokens` is what Bedrock enforces ("The
 * maximum tokens you requested exceeds the model limit of …", seen for each family by 2026-09), not what model cards say.
 */
const NOVA = {
  structuredOutput: "tool",
  contextTokens: 128_000,
  outputTokenBurndown: 1,
  maxOutputTokens: 10_000,
  sampling: "both",
  stopSequences: "any",
} as const;
const NOVA_LONG = { ...NOVA, contextTokens: 300_000 } as const;
const NOVA_2 = { ...NOVA, contextTokens: 1_000_000, maxOutputTokens: 65_535 } as const;
const CLAUDE = {
  structuredOutput: "schema",
  contextTokens: 200_000,
  outputTokenBurndown: 5,
  maxOutputTokens: 64_000,
  sampling: "either",
  stopSequences: "notBlank",
} as const;
/** Forcing a particular tool is documented for Nova and Claude only. */
const LLAMA = {
  structuredOutput: "instruction",
  contextTokens: 128_000,
  outputTokenBurndown: 1,
  maxOutputTokens: 8_192,
  sampling: "both",
  stopSequences: "any",
} as const;
const GPT_OSS = {
  structuredOutput: "instruction",
  contextTokens: 128_000,
  outputTokenBurndown: 1,
  maxOutputTokens: 128_000,
  sampling: "both",
  stopSequences: "none",
} as const;

const HAIKU = "anthropic.claude-haiku-4-5-20251001-v1:0";
const SONNET = "anthropic.claude-sonnet-4-5-20250929-v1:0";
const OPUS = "anthropic.claude-opus-4-5-20251101-v1:0";
const NOVA_2_LITE = "amazon.nova-2-lite-v1:0";

/**
 * Prices in nano-dollars per thousand tokens: $0.035 per million tokens is 35,000 nano-dollars per thousand. The Nova models
 * come first because every Bedrock account has access to them without a further agreement; outside their regions the global
 * profiles serve the tiers.
 */
export const MODELS: readonly Model[] = [
  foundation("amazon.nova-micro-v1:0", "Amazon Nova Micro", "economy", [35_000, 140_000], NOVA, ["us-east-1"]),
  foundation("amazon.nova-lite-v1:0", "Amazon Nova Lite", "balanced", [60_000, 240_000], NOVA_LONG, ["us-east-1"]),
  foundation("amazon.nova-pro-v1:0", "Amazon Nova Pro", "premium", [800_000, 3_200_000], NOVA_LONG, ["us-east-1"]),
  profile("us.amazon.nova-micro-v1:0", "Amazon Nova Micro (US)", "economy", [35_000, 140_000], NOVA, US_REGIONS),
  profile("us.amazon.nova-lite-v1:0", "Amazon Nova Lite (US)", "balanced", [60_000, 240_000], NOVA_LONG, US_REGIONS),
  profile("us.amazon.nova-pro-v1:0", "Amazon Nova Pro (US)", "premium", [800_000, 3_200_000], NOVA_LONG, US_REGIONS),
  profile(`us.${NOVA_2_LITE}`, "Amazon Nova 2 Lite (US)", null, [330_000, 2_750_000], NOVA_2, US_REGIONS),
  profile(`global.${NOVA_2_LITE}`, "Amazon Nova 2 Lite (global)", "economy", [300_000, 2_500_000], NOVA_2, ANYWHERE),
  profile(`us.${HAIKU}`, "Claude Haiku 4.5 (US)", null, [1_100_000, 5_500_000], CLAUDE, US_REGIONS),
  profile(`eu.${HAIKU}`, "Claude Haiku 4.5 (EU)", null, [1_100_000, 5_500_000], CLAUDE, EU_REGIONS),
  profile(`global.${HAIKU}`, "Claude Haiku 4.5 (global)", "balanced", [1_000_000, 5_000_000], CLAUDE, ANYWHERE),
  profile(`us.${SONNET}`, "Claude Sonnet 4.5 (US)", null, [3_300_000, 16_500_000], CLAUDE, US_REGIONS),
  profile(`eu.${SONNET}`, "Claude Sonnet 4.5 (EU)", null, [3_300_000, 16_500_000], CLAUDE, EU_REGIONS),
  profile(`global.${SONNET}`, "Claude Sonnet 4.5 (global)", "premium", [3_000_000, 15_000_000], CLAUDE, ANYWHERE),
  profile(`us.${OPUS}`, "Claude Opus 4.5 (US)", null, [5_500_000, 27_500_000], CLAUDE, US_REGIONS),
  profile(`eu.${OPUS}`, "Claude Opus 4.5 (EU)", null, [5_500_000, 27_500_000], CLAUDE, EU_REGIONS),
  profile(`global.${OPUS}`, "Claude Opus 4.5 (global)", null, [5_000_000, 25_000_000], CLAUDE, ANYWHERE),
  profile("us.meta.llama3-3-70b-instruct-v1:0", "Llama 3.3 70B (US)", null, [720_000, 720_000], LLAMA, US_REGIONS),
  foundation("openai.gpt-oss-20b-1:0", "GPT-OSS 20B", null, [70_000, 300_000], GPT_OSS, US_REGIONS),
  foundation("openai.gpt-oss-120b-1:0", "GPT-OSS 120B", null, [150_000, 600_000], GPT_OSS, US_REGIONS),
];

/** The model with that id; `undefined` when its price is unknown. */
export const findModel = (id: string) => MODELS.find((known) => known.id === id);

/** What an account can call: its region, and the models it is allowed; all of the table when absent. */
export interface Account {
  readonly region: string;
  readonly models?: readonly string[];
}

export const canUse = ({ region, models }: Account, { id, regions }: Model) =>
  (regions === null || regions.includes(region)) && (models === undefined || models.includes(id));

/** The model of each tier. */
export type Tiers = Readonly<Partial<Record<Tier, string>>>;

/** For each tier the first of its models that the account can use; a tier without one is absent. */
export const tiersOf = (account: Account): Tiers => ({
  economy: MODELS.find((model) => model.tier === "economy" && canUse(account, model))?.id,
  balanced: MODELS.find((model) => model.tier === "balanced" && canUse(account, model))?.id,
  premium: MODELS.find((model) => model.tier === "premium" && canUse(account, model))?.id,
});

type Capabilities = Pick<Model, "structuredOutput" | "contextTokens" | "outputTokenBurndown"> & RequestLimits;
type PricePair = readonly [inputNanosPerThousand: number, outputNanosPerThousand: number];

/** A model called in the deployment's own region. */
function foundation(
  id: string,
  name: string,
  tier: Tier | null,
  price: PricePair,
  capabilities: Capabilities,
  regions: readonly string[],
) {
  return model({ id, name, tier, ...capabilities, regions, profileRegions: null }, price);
}

/** An inference profile, called from any region of its geography and routed to any of them. */
function profile(
  id: string,
  name: string,
  tier: Tier | null,
  price: PricePair,
  capabilities: Capabilities,
  geography: readonly string[],
) {
  const regions = geography === ANYWHERE ? null : geography;
  return model({ id, name, tier, ...capabilities, regions, profileRegions: geography }, price);
}

function model(
  spec: Omit<Model, "inputNanosPerThousand" | "outputNanosPerThousand" | "overheadTokens" | "source" | "pricedOn">,
  [inputNanosPerThousand, outputNanosPerThousand]: PricePair,
): Model {
  return {
    ...spec,
    inputNanosPerThousand,
    outputNanosPerThousand,
    overheadTokens: 600,
    source: "pydantic/genai-prices aws.yml",
    pricedOn: "2026-08-21",
  };
}
