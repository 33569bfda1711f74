import type { Context } from "@aws-appsync/utils";
import type { MutationCreateSeedSetArgs } from "../generated/schema.ts";
import type { PresignedUploads, UploadsToPresign } from "../lambda/presignUpload.lambda.ts";
import { callerOf } from "../shared/caller.ts";
import { responseData, invoke } from "../shared/lambda.ts";

export function request(ctx: Context<MutationCreateSeedSetArgs>) {
  const payload: UploadsToPresign = { owner: callerOf(ctx), seedSetId: ctx.stash.seedSetId, input: ctx.args.input };
  return invoke(payload);
}

export function response(ctx: Context) {
  const { files, uploads } = responseData<PresignedUploads>(ctx);
  ctx.stash.uploads = uploads;
  return files;
}
