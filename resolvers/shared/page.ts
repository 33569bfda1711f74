import { util, type Context } from "@aws-appsync/utils";
import { throwInternal, throwBadInput } from "./errors.ts";

const DEFAULT_PAGE_SIZE = 20;
const MAX_PAGE_SIZE = 100;

interface PageArguments {
  limit?: number | null;
  nextToken?: string | null;
}

/** The most items a page may have. @throws BadInput when the limit is out of range */
export function pageLimit(args: PageArguments, largest: number = MAX_PAGE_SIZE): number {
  const limit = args.limit ?? DEFAULT_PAGE_SIZE;
  if (limit < 1 || limit > largest)
    throwBadInput(`A page may have 1 to ${largest} items, not ${limit}; choose a limit in that range.`);
  return limit;
}

/** The rows of a page. When a query with a token fails, the token is to blame: the rest of the query is ours. */
export function pageRows<Row>(ctx: Context): Row[] {
  if (ctx.error && ctx.args.nextToken) throwBadToken();
  if (ctx.error) throwInternal(ctx);
  return ctx.result.items;
}

export function throwBadToken(): never {
  return util.error("This nextToken was not issued by this list; omit it to start from the first page.", "BadInput");
}
