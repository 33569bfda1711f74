import type { Context } from "@aws-appsync/utils";
import { ENVIRONMENT } from "../core/environment.ts";
import { MODELS } from "../core/models/models.ts";

export function request() {
  return { payload: {} };
}

/** The deployment passes the allowed models as indexes: AppSync's variables are too short for their ids. */
export function response(ctx: Context) {
  const region = ctx.env[ENVIRONMENT.region] as string;
  const indexes = ctx.env[ENVIRONMENT.modelIndexes];
  const allowed = indexes ? indexes.split(",") : null;
  return MODELS.map((model, index) => ({
    id: model.id,
    name: model.name,
    tier: model.tier,
    contextTokens: model.contextTokens,
    structuredOutput: model.structuredOutput,
    isUsable:
      (model.regions === null || model.regions.indexOf(region) >= 0) &&
      (allowed === null || allowed.indexOf(`${index}`) >= 0),
    inputNanosPerThousand: model.inputNanosPerThousand,
    outputNanosPerThousand: model.outputNanosPerThousand,
    source: model.source,
    pricedOn: model.pricedOn,
  }));
}
