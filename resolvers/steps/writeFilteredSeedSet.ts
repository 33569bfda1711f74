import { util, type Context } from "@aws-appsync/utils";
import { seedSetKey } from "../../core/keys.ts";
import type { SeedSetRow } from "../../core/seeds/seed-set-row.ts";
import type { TemplateVersionRow } from "../../core/template/template-rows.ts";
import type { MutationFilterSeedSetArgs } from "../generated/schema.ts";
import { callerOf } from "../shared/caller.ts";
import { putSeedSet, stashSeedSet } from "../shared/seedSets.ts";

export function request(ctx: Context<MutationFilterSeedSetArgs>) {
  const { name, seedSetId, templateId } = ctx.args;
  const id: string = ctx.stash.seedSetId;
  const version: TemplateVersionRow = ctx.stash.version;
  const row: SeedSetRow = {
    ...seedSetKey(id),
    seedSetId: id,
    owner: callerOf(ctx),
    listKey: id,
    name,
    status: "CHECKING",
    collections: [],
    uploads: [],
    filter: { seedSetId, templateId, templateVersion: version.version },
    createdAt: util.time.nowISO8601(),
  };
  return putSeedSet(row);
}

export function response(ctx: Context) {
  return stashSeedSet(ctx);
}
