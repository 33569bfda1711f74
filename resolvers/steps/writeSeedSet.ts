import { util, type Context } from "@aws-appsync/utils";
import { seedSetKey } from "../../core/keys.ts";
import type { SeedSetRow } from "../../core/seeds/seed-set-row.ts";
import type { MutationCreateSeedSetArgs } from "../generated/schema.ts";
import type { PresignedUploads } from "../lambda/presignUpload.lambda.ts";
import { callerOf } from "../shared/caller.ts";
import { putSeedSet, stashSeedSet } from "../shared/seedSets.ts";

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
    collections: collectionsOf(files),
    uploads: files,
    skipInvalid: ctx.args.input.skipInvalid ?? false,
    createdAt: util.time.nowISO8601(),
  };
  return putSeedSet(row);
}

export function response(ctx: Context) {
  return stashSeedSet(ctx);
}

/** Several files may belong to one collection, whose items keep the order of the files. */
function collectionsOf(files: PresignedUploads["files"]): SeedSetRow["collections"] {
  const firsts = files.filter((file, n) => files.findIndex(({ collection }) => collection === file.collection) === n);
  return firsts.map(({ collection }) => {
    const own = files.filter((file) => file.collection === collection);
    const fileName = own.map((file) => file.fileName).join(", ");
    return { name: collection, fileName, itemCount: 0, bytes: 0, fields: [] };
  });
}
