import type { Context } from "@aws-appsync/utils";
import { ENVIRONMENT } from "../core/environment.ts";
import { MODELS } from "../core/models/models.ts";

export function request() {
  return { payload: {} };
}

/** The deployment tells the API by places which models it allows: AppSync's variables are too short for their ids. */
export function response(ctx: Context) {
  const region = ctx.env[ENVIRONMENT.region] as string;
  const places = ctx.env[ENVIRONMENT.modelIndexes];
  const allowed = places ? places.split(",") : null;
  return MODELS.map((model, place) => ({
    id: model.id,
    name: model.name,
    tier: model.tier,
    contextTokens: model.contextTokens,
    structuredOutput: model.structuredOutput,
    isUsable:
      (model.regions === null || model.regions.indexOf(region) >= 0) &&
      (allowed === null || allowed.indexOf(`${place}`) >= 0),
    inputNanosPerThousand: model.inputNanosPerThousand,
    outputNanosPerThousand: model.outputNanosPerThousand,
    source: model.source,
    pricedOn: model.pricedOn,
  }));
}
