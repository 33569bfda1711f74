import type { Context } from "@aws-appsync/utils";
import { invokeAsync } from "../shared/lambda.ts";
import { throwInternal } from "../shared/errors.ts";

export function request(ctx: Context) {
  return invokeAsync({ seedSetId: ctx.stash.seedSet.seedSetId });
}

export function response(ctx: Context) {
  if (ctx.error) throwInternal(ctx);
  return null;
}
