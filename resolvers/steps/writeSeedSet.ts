import { util, type Context } from "@aws-appsync/utils";
import { put } from "@aws-appsync/utils/dynamodb";
import { seedSetKey, type Item, type SeedSetRow } from "../../core/rows.ts";
import type { MutationCreateSeedSetArgs } from "../generated/schema.ts";
import type { PresignedUploads } from "../lambda/presignUpload.lambda.ts";
import { callerOf } from "../shared/caller.ts";
import { fail } from "../shared/refuse.ts";

export function request(ctx: Context<MutationCreateSeedSetArgs>) {
  const files: PresignedUploads["files"] = ctx.prev.result;
  const { seedSetId } = ctx.stash;
  const row: SeedSetRow = {
    ...seedSetKey(seedSetId),
    seedSetId,
    owner: callerOf(ctx),
    listKey: seedSetId,
    name: ctx.args.input.name,
    status: "UPLOADING",
    collections: files.map((file) => ({
      name: file.collection,
      fileName: file.fileName,
      itemCount: 0,
      bytes: 0,
      fields: [],
    })),
    uploads: files,
    createdAt: util.time.nowISO8601(),
  };
  const { pk, sk, ...item } = row;
  return put<Item<SeedSetRow>>({ key: { pk, sk }, item, condition: { pk: { attributeExists: false } } });
}

export function response(ctx: Context) {
  if (ctx.error) fail(ctx);
  ctx.stash.seedSet = ctx.result;
  return null;
}
