/** The models that a deployment allows, and the permission to invoke them. */
import { Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import { ENVIRONMENT } from "../core/environment.ts";
import { MODELS, type Model } from "../core/models/models.ts";

/** The models in the context, by id: `cdk deploy -c models='["amazon.nova-micro-v1:0"]'`. All by default. */
export function allowedModels(scope: Construct): readonly Model[] {
  const context: unknown = scope.node.tryGetContext("models");
  if (context === undefined) return MODELS;
  const ids: unknown = typeof context === "string" ? JSON.parse(context) : context;
  if (!Array.isArray(ids)) throw new Error('The context "models" must be a list of model ids.');
  const unknown = ids.find((id) => !MODELS.some((model) => model.id === id));
  if (unknown !== undefined)
    throw new Error(
      `The context "models" names "${String(unknown)}", which has no known price; choose models from core/models/models.ts.`,
    );
  if (ids.length === 0) throw new Error('The context "models" is empty; name at least one model, or omit it.');
  return MODELS.filter(({ id }) => ids.includes(id));
}

/** The allowed models, for functions that read templates; nothing when every model is allowed, and each is what it says. */
export function modelsForFunctions(scope: Construct): Record<string, string> {
  const models = allowedModels(scope);
  return {
    ...(models !== MODELS && { [ENVIRONMENT.models]: models.map(({ id }) => id).join(",") }),
    ...(scope.node.tryGetContext("tiersAreStandIns") && { [ENVIRONMENT.tiersAreStandIns]: "true" }),
  };
}

/** The same for the API, whose variables hold at most 512 characters. */
export function modelsForApi(scope: Construct): Record<string, string> {
  const models = allowedModels(scope);
  const indexes = models.map((model) => MODELS.indexOf(model));
  return models === MODELS ? {} : { [ENVIRONMENT.modelIndexes]: indexes.join(",") };
}

/**
 * The account's quotas by model id, for the worker, from the context `modelLimits`:
 * `{"amazon.nova-micro-v1:0": {"requestsPerMinute": 2000, "tokensPerMinute": 4000000}}`. Nothing when absent: the worker then
 * adapts to throttling.
 */
export function limitsForWorker(scope: Construct): Record<string, string> {
  const wanted: unknown = scope.node.tryGetContext("modelLimits");
  if (wanted === undefined) return {};
  const limits: unknown = typeof wanted === "string" ? JSON.parse(wanted) : wanted;
  if (typeof limits !== "object" || limits === null || Array.isArray(limits))
    throw new Error('The context "modelLimits" must be an object of limits by model id.');
  for (const [id, limit] of Object.entries(limits)) checkLimit(id, limit);
  return { [ENVIRONMENT.modelLimits]: JSON.stringify(limits) };
}

const LIMITS = ["requestsPerMinute", "tokensPerMinute"];

function checkLimit(id: string, limit: unknown): void {
  if (!MODELS.some((model) => model.id === id))
    throw new Error(`The context "modelLimits" names "${id}", which is not in core/models/models.ts.`);
  for (const [name, value] of Object.entries(limit ?? {}))
    if (!LIMITS.includes(name) || typeof value !== "number" || !(value >= 1))
      throw new Error(
        `The context "modelLimits" of "${id}" must have numbers of at least 1 for ${LIMITS.join(" and ")}, but it has "${name}": ${JSON.stringify(value)}.`,
      );
}

/** An inference profile needs its own ARN and the foundation model's in every region it may route to. */
export function invokeModels(scope: Construct): PolicyStatement {
  const { partition, region, account } = Stack.of(scope);
  const models = allowedModels(scope);
  const foundations = new Set(models.map(({ id, profileRegions }) => (profileRegions ? withoutGeography(id) : id)));
  return new PolicyStatement({
    sid: "InvokeModels",
    actions: ["bedrock:InvokeModel"],
    resources: [
      ...models
        .filter(({ profileRegions }) => profileRegions)
        .map(({ id }) => `arn:${partition}:bedrock:${region}:${account}:inference-profile/${id}`),
      ...[...foundations].map((id) => `arn:${partition}:bedrock:*::foundation-model/${id}`),
    ],
  });
}

/** The foundation model of a profile: `anthropic.claude…` of `eu.anthropic.claude…`. */
function withoutGeography(profileId: string): string {
  return profileId.slice(profileId.indexOf(".") + 1);
}
