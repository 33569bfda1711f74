import type { Context } from "@aws-appsync/utils";
import { query } from "@aws-appsync/utils/dynamodb";
import { listingKey } from "../core/keys.ts";
import type { ListingRow } from "../core/template/template-rows.ts";
import type { QuerySearchTemplatesArgs } from "./generated/schema.ts";
import { callerOf } from "./shared/caller.ts";
import { ALL, categoryListing, isFirstMatch, termListing, tagListing, tokenize } from "./shared/listings.ts";
import { pageLimit, pageRows } from "./shared/page.ts";
import { throwBadInput } from "./shared/errors.ts";
import { fromListing } from "./shared/templates.ts";

const MAX_PAGE_SIZE = 50;
const MAX_TERMS = 10;

/** Reads one list, the most selective; its rows hold enough to apply the other filters. */
export function request(ctx: Context<QuerySearchTemplatesArgs>) {
  const { category, tag } = ctx.args;
  const terms = tokenize(ctx.args.text ?? "");
  if (terms.length > MAX_TERMS)
    throwBadInput(`A search may have at most ${MAX_TERMS} words, but this one has ${terms.length}; remove some.`);
  const byTerm = termListing(terms);
  ctx.stash.prefix = byTerm ? byTerm.prefix : null;
  const listing = byTerm ? byTerm.listing : tag ? tagListing(tag) : category ? categoryListing(category) : ALL;
  const { pk } = listingKey(listing, "");
  const filters = [
    ...terms.map((term) => ({ terms: { contains: ` ${term}` } })),
    ...(tag ? [{ tags: { contains: tag } }] : []),
    ...(category ? [{ category: { eq: category } }] : []),
  ];
  return query({
    query: { pk: { eq: pk }, ...(byTerm ? { sk: { beginsWith: byTerm.prefix } } : {}) },
    ...(filters.length > 0 ? { filter: { and: filters } } : {}),
    // Lists are sorted by time, except those of terms, which are sorted by term.
    scanIndexForward: byTerm !== null,
    limit: pageLimit(ctx.args, MAX_PAGE_SIZE),
    nextToken: ctx.args.nextToken,
  });
}

export function response(ctx: Context<QuerySearchTemplatesArgs>) {
  const rows = pageRows<ListingRow>(ctx);
  const { prefix } = ctx.stash;
  const found = prefix ? rows.filter((row) => isFirstMatch(row, prefix)) : rows;
  return { items: found.map((row) => fromListing(row, callerOf(ctx))), nextToken: ctx.result.nextToken };
}
