import { util, type Context } from "@aws-appsync/utils";
import { fail, throwBadInput } from "./errors.ts";

const DEFAULT_PAGE_SIZE = 20;
const MAX_PAGE_SIZE = 100;

interface PageArguments {
  limit?: number | null;
  nextToken?: string | null;
}

/** How many items a page may have. */
export function pageLimit(args: PageArguments, largest: number = MAX_PAGE_SIZE): number {
  const limit = args.limit ?? DEFAULT_PAGE_SIZE;
  if (limit < 1 || limit > largest)
    throwBadInput(`A page may have 1 to ${largest} items, not ${limit}; choose a limit in between.`);
  return limit;
}

/** The rows of a page. A query with a token that fails can only be blamed on the token: all else in it is ours. */
export function pageRows<Row>(ctx: Context): Row[] {
  if (ctx.error && ctx.args.nextToken) throwBadToken();
  if (ctx.error) fail(ctx);
  return ctx.result.items;
}

export function throwBadToken(): never {
  return util.error(
    "The nextToken is not one that this list gave; leave it out to begin with the first page.",
    "BadInput",
  );
}
