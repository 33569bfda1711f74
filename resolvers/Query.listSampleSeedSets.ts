import type { Context } from "@aws-appsync/utils";
import { SAMPLES } from "../core/keys.ts";
import { listOf, pageOf } from "./shared/seedSetList.ts";

export function request(ctx: Context) {
  return listOf(ctx, SAMPLES, false);
}

export function response(ctx: Context) {
  return pageOf(ctx);
}
