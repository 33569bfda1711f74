import { util, type Context } from "@aws-appsync/utils";
import { fail, refuseInput } from "./refuse.ts";

const USUAL_PAGE = 20;
const LARGEST_PAGE = 100;

interface PageArguments {
  limit?: number | null;
  nextToken?: string | null;
}

/** How many items a page may have. */
export function pageLimit(args: PageArguments, largest: number = LARGEST_PAGE): number {
  const limit = args.limit ?? USUAL_PAGE;
  if (limit < 1 || limit > largest)
    refuseInput(`A page may have 1 to ${largest} items, not ${limit}; choose a limit in between.`);
  return limit;
}

/** The rows of a page. A query with a token that fails can only be blamed on the token: all else in it is ours. */
export function pageRows<Row>(ctx: Context): Row[] {
  if (ctx.error && ctx.args.nextToken) refuseToken();
  if (ctx.error) fail(ctx);
  return ctx.result.items;
}

export function refuseToken(): never {
  return util.error(
    "The nextToken is not one that this list gave; leave it out to begin with the first page.",
    "BadInput",
  );
}
