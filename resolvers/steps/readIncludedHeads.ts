import { runtime, type Context } from "@aws-appsync/utils";
import { batchGet } from "@aws-appsync/utils/dynamodb";
import { templateHeadKey } from "../../core/keys.ts";
import type { TemplateHeadRow, TemplateVersionRow } from "../../core/template/template-rows.ts";
import { callerOf } from "../shared/caller.ts";
import { throwInternal, throwBadInput } from "../shared/errors.ts";
import { mayReadVersion } from "../shared/templateAccess.ts";
import { templatesTable } from "../shared/tables.ts";

const NOBODY = "";

/** Publishing a template reveals what it includes, so the caller's own included versions must be published first: at most 100. */
export function request(ctx: Context<{ id: string }>) {
  const ids = includedOf(ctx.stash.version).map((included) => included.id);
  const others = ids.filter((id, n) => id !== ctx.args.id && ids.indexOf(id) === n);
  if (others.length === 0) runtime.earlyReturn(null, { skipTo: "NEXT" });
  const keys = others.map((id) => templateHeadKey(id));
  const projection = ["pk", "sk", "templateId", "owner", "name", "latestVersion", "publishedVersions"];
  return batchGet({ tables: { [templatesTable(ctx)]: { keys, consistentRead: true, projection } } });
}

export function response(ctx: Context<{ id: string }>) {
  if (ctx.error || ctx.result.unprocessedKeys[templatesTable(ctx)]?.length > 0) throwInternal(ctx);
  const heads: (TemplateHeadRow | null)[] = ctx.result.data[templatesTable(ctx)];
  const mine = heads.filter((head) => head !== null && head.owner === callerOf(ctx));
  includedOf(ctx.stash.version).forEach(({ id, version }) => {
    const head = mine.find((each) => each?.templateId === id);
    if (head && !mayReadVersion(head, NOBODY, version))
      throwBadInput(
        `The template includes version ${version} of your template "${head.name}", which is not published; publish it first, or include a published version.`,
      );
  });
  return null;
}

/** Everything included, from its `ID@VERSION/NAME`. */
function includedOf({ partials }: TemplateVersionRow): { id: string; version: number }[] {
  return Object.keys(partials).map((name) => {
    const [id, rest] = name.split("@") as [string, string];
    return { id, version: JSON.parse(rest.split("/")[0] ?? "") };
  });
}
