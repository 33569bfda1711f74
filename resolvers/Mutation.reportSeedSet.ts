import type { Context } from "@aws-appsync/utils";
import { get } from "@aws-appsync/utils/dynamodb";
import { seedSetKey } from "../core/keys.ts";
import type { MutationReportSeedSetArgs } from "./generated/schema.ts";
import { throwInternal, throwNotFound } from "./shared/errors.ts";
import { toSeedSet } from "./shared/seedSets.ts";

export function request(ctx: Context<MutationReportSeedSetArgs>) {
  return get({ key: seedSetKey(ctx.args.input.id), consistentRead: true });
}

export function response(ctx: Context) {
  if (ctx.error) throwInternal(ctx);
  if (!ctx.result) throwNotFound("seed set");
  return toSeedSet(ctx.result);
}
