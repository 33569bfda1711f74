/**
 * The models a template may use: what they cost and what they can do. A model that is not here has no known price and is
 * refused. Safe for APPSYNC_JS: data and arrow functions only.
 */
import type { TokenPrice } from "./money.ts";

export type Tier = "economy" | "balanced" | "premium";

export interface Model extends TokenPrice {
  /** The id Bedrock is called with: a foundation model, or an inference profile with its geography. */
  readonly id: string;
  readonly name: string;
  /** The tier it stands for; the Nova family does, because every account with Bedrock has it without a further agreement. */
  readonly tier: Tier | null;
  /** How it is made to answer in JSON: by response schema, or by being made to call a tool. */
  readonly structuredOutput: "schema" | "tool";
  /** Tokens Bedrock adds to the request for tools and schemas, at most: part of the worst case. */
  readonly overheadTokens: number;
  /** The regions whose foundation model an inference profile may call; null when it is called where we run. */
  readonly profileRegions: readonly string[] | null;
  /** Where the price was read, and when. */
  readonly source: string;
  readonly pricedOn: string;
}

const US_REGIONS = ["us-east-1", "us-east-2", "us-west-2"];
const GENAI_PRICES = "pydantic/genai-prices aws.yml";

/** Prices in nano-dollars for a thousand tokens: $0.035 for a million tokens is 35,000 nano-dollars for a thousand. */
export const MODELS: readonly Model[] = [
  model("amazon.nova-micro-v1:0", "Amazon Nova Micro", "economy", 35_000, 140_000, "tool", null),
  model("amazon.nova-lite-v1:0", "Amazon Nova Lite", "balanced", 60_000, 240_000, "tool", null),
  model("amazon.nova-pro-v1:0", "Amazon Nova Pro", "premium", 800_000, 3_200_000, "tool", null),
  model(
    "us.anthropic.claude-haiku-4-5-20251001-v1:0",
    "Claude Haiku 4.5 (US)",
    null,
    1_100_000,
    5_500_000,
    "schema",
    US_REGIONS,
  ),
  model(
    "us.anthropic.claude-sonnet-4-5-20250929-v1:0",
    "Claude Sonnet 4.5 (US)",
    null,
    3_300_000,
    16_500_000,
    "schema",
    US_REGIONS,
  ),
  model(
    "us.anthropic.claude-opus-4-5-20251101-v1:0",
    "Claude Opus 4.5 (US)",
    null,
    5_500_000,
    27_500_000,
    "schema",
    US_REGIONS,
  ),
  model("us.meta.llama3-3-70b-instruct-v1:0", "Llama 3.3 70B (US)", null, 720_000, 720_000, "tool", US_REGIONS),
];

/** The model of that id; `undefined` when we know no price for it. */
export const findModel = (id: string) => MODELS.find((known) => known.id === id);

/** The model that stands for a tier. */
export const modelOfTier = (tier: string) => MODELS.find((known) => known.tier === tier);

function model(
  id: string,
  name: string,
  tier: Tier | null,
  inputNanosPerThousand: number,
  outputNanosPerThousand: number,
  structuredOutput: Model["structuredOutput"],
  profileRegions: readonly string[] | null,
): Model {
  return {
    id,
    name,
    tier,
    inputNanosPerThousand,
    outputNanosPerThousand,
    structuredOutput,
    overheadTokens: 600,
    profileRegions,
    source: GENAI_PRICES,
    pricedOn: "2026-08-21",
  };
}
