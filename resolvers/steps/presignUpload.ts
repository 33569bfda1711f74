import type { Context } from "@aws-appsync/utils";
import type { MutationCreateSeedSetArgs } from "../generated/schema.ts";
import type { PresignedUploads, UploadsToPresign } from "../lambda/presignUpload.lambda.ts";
import { callerOf } from "../shared/caller.ts";
import { answerOf, call } from "../shared/lambda.ts";

export function request(ctx: Context<MutationCreateSeedSetArgs>) {
  const payload: UploadsToPresign = { owner: callerOf(ctx), seedSetId: ctx.stash.seedSetId, input: ctx.args.input };
  return call(payload);
}

export function response(ctx: Context) {
  const { files, uploads } = answerOf<PresignedUploads>(ctx);
  ctx.stash.uploads = uploads;
  return files;
}
