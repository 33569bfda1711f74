/** Which model ids Bedrock knows, and which permissions they need. */
import { AwsError } from "../service.ts";
import type { Access } from "../service.ts";

/** Vendors whose text models Bedrock offers; any of their model ids is accepted. */
const VENDORS = ["ai21", "amazon", "anthropic", "cohere", "deepseek", "google", "meta", "mistral", "openai", "qwen"];

/** The regions an inference profile may send a call to, by its prefix; `""` means any, as in the global profile's ARN. */
const PROFILE_REGIONS: Readonly<Record<string, readonly string[]>> = {
  us: ["us-east-1", "us-east-2", "us-west-2"],
  eu: ["eu-central-1", "eu-north-1", "eu-south-1", "eu-south-2", "eu-west-1", "eu-west-3"],
  jp: ["ap-northeast-1", "ap-northeast-3"],
  au: ["ap-southeast-2", "ap-southeast-4"],
  apac: [
    "ap-northeast-1",
    "ap-northeast-2",
    "ap-northeast-3",
    "ap-south-1",
    "ap-south-2",
    "ap-southeast-1",
    "ap-southeast-2",
  ],
  global: [""],
};
const MODEL_ID = new RegExp(
  `^(?:(${Object.keys(PROFILE_REGIONS).join("|")})\\.)?((?:${VENDORS.join("|")})\\.[\\w.:-]+)$`,
);
const MODEL_ARN = /^arn:aws:bedrock:[\w-]*:\d*:(?:foundation-model|inference-profile)\/(.+)$/;

export interface ModelName {
  /** The prefix of an inference profile, `undefined` for a model called in its own region. */
  readonly profile?: string;
  /** `amazon.nova-pro-v1:0` */
  readonly foundationModel: string;
}

/** @param modelId an id or an ARN @throws AwsError 404 ResourceNotFoundException for an unknown model */
export function readModelId(modelId: string): ModelName {
  const id = MODEL_ARN.exec(modelId)?.[1] ?? modelId;
  const [, profile, foundationModel] = MODEL_ID.exec(id) ?? [];
  if (foundationModel) return { profile, foundationModel };
  throw new AwsError(
    404,
    "ResourceNotFoundException",
    `Could not resolve the foundation model from the provided model identifier: ${modelId}.`,
  );
}

/** Calling a profile needs permission for the profile and for the model in every region it may route to. */
export function accessesFor(model: ModelName, action: string, region: string, accountId: string): Access[] {
  const arnIn = (place: string) => `arn:aws:bedrock:${place}::foundation-model/${model.foundationModel}`;
  if (!model.profile) return [{ action, resource: arnIn(region) }];
  const profileArn = `arn:aws:bedrock:${region}:${accountId}:inference-profile/${model.profile}.${model.foundationModel}`;
  const regions = PROFILE_REGIONS[model.profile] ?? [];
  const context = { "bedrock:InferenceProfileArn": profileArn };
  // The call's own region counts too: a profile always includes it.
  const places = new Set([region, ...regions]);
  return [
    { action, resource: profileArn },
    ...[...places].map((place) => ({ action, resource: arnIn(place), context })),
  ];
}
