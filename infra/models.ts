/** The permission to call the models of the product's table, or those of them that the deployment allows. */
import { Stack } from "aws-cdk-lib";
import { PolicyStatement } from "aws-cdk-lib/aws-iam";
import type { Construct } from "constructs";
import { ENVIRONMENT } from "../core/environment.ts";
import { MODELS, type Model } from "../core/models/models.ts";

/** The context `models` names the models that may be used, by id: `cdk deploy -c models='["amazon.nova-micro-v1:0"]'`. All when absent. */
export function allowedModels(scope: Construct): readonly Model[] {
  const wanted: unknown = scope.node.tryGetContext("models");
  if (wanted === undefined) return MODELS;
  const ids: unknown = typeof wanted === "string" ? JSON.parse(wanted) : wanted;
  if (!Array.isArray(ids)) throw new Error('The context "models" must be a list of model ids.');
  const unknown = ids.find((id) => !MODELS.some((model) => model.id === id));
  if (unknown !== undefined)
    throw new Error(
      `The context "models" names "${String(unknown)}", whose price is not known; see core/models/models.ts.`,
    );
  if (ids.length === 0) throw new Error('The context "models" is empty; name at least one model, or leave it out.');
  return MODELS.filter(({ id }) => ids.includes(id));
}

/** What functions that read templates are told; nothing where every model may be used. */
export function modelsForFunctions(scope: Construct): Record<string, string> {
  const models = allowedModels(scope);
  return models === MODELS ? {} : { [ENVIRONMENT.models]: models.map(({ id }) => id).join(",") };
}

/** The same for the API, whose variables hold 512 characters at most. */
export function modelsForApi(scope: Construct): Record<string, string> {
  const models = allowedModels(scope);
  const places = models.map((model) => MODELS.indexOf(model));
  return models === MODELS ? {} : { [ENVIRONMENT.modelIndexes]: places.join(",") };
}

/**
 * What the worker is told of the context `modelLimits`, the account's quotas by model id:
 * `{"amazon.nova-micro-v1:0": {"requestsPerMinute": 2000, "tokensPerMinute": 4000000}}`. Nothing when absent: the worker then
 * finds out by being throttled.
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
    throw new Error(`The context "modelLimits" names "${id}", which is not among the models of core/models/models.ts.`);
  for (const [name, value] of Object.entries(limit ?? {}))
    if (!LIMITS.includes(name) || typeof value !== "number" || !(value >= 1))
      throw new Error(
        `The context "modelLimits" of "${id}" must have numbers of 1 or more for ${LIMITS.join(" and ")}; it has "${name}": ${JSON.stringify(value)}.`,
      );
}

/** A profile needs its own ARN and those of the foundation model wherever it may call it. */
export function callModels(scope: Construct): PolicyStatement {
  const { partition, region, account } = Stack.of(scope);
  const models = allowedModels(scope);
  const foundations = new Set(models.map(({ id, profileRegions }) => (profileRegions ? afterGeography(id) : id)));
  return new PolicyStatement({
    sid: "CallModels",
    actions: ["bedrock:InvokeModel"],
    resources: [
      ...models
        .filter(({ profileRegions }) => profileRegions)
        .map(({ id }) => `arn:${partition}:bedrock:${region}:${account}:inference-profile/${id}`),
      ...[...foundations].map((id) => `arn:${partition}:bedrock:*::foundation-model/${id}`),
    ],
  });
}

/** `eu.anthropic.claude…` is a profile of `anthropic.claude…`. */
function afterGeography(profileId: string): string {
  return profileId.slice(profileId.indexOf(".") + 1);
}
