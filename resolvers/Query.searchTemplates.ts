import type { Context } from "@aws-appsync/utils";
import { query } from "@aws-appsync/utils/dynamodb";
import { listingKey } from "../core/keys.ts";
import type { ListingRow } from "../core/template/template-rows.ts";
import type { QuerySearchTemplatesArgs } from "./generated/schema.ts";
import { callerOf } from "./shared/caller.ts";
import { ALL, categoryListing, isFirstOf, listOfWords, tagListing, wordsOf } from "./shared/listings.ts";
import { pageLimit, pageRows } from "./shared/page.ts";
import { throwBadInput } from "./shared/errors.ts";
import { fromListing } from "./shared/templates.ts";

const MAX_PAGE_SIZE = 50;
const MAX_WORDS = 10;

/** One list is read, the one that says most; its rows know enough to be held against the other wishes. */
export function request(ctx: Context<QuerySearchTemplatesArgs>) {
  const { category, tag } = ctx.args;
  const words = wordsOf(ctx.args.text ?? "");
  if (words.length > MAX_WORDS)
    throwBadInput(`A search may have ${MAX_WORDS} words at most, this one has ${words.length}; leave some out.`);
  const byWord = listOfWords(words);
  ctx.stash.begins = byWord ? byWord.begins : null;
  const listing = byWord ? byWord.listing : tag ? tagListing(tag) : category ? categoryListing(category) : ALL;
  const { pk } = listingKey(listing, "");
  const wishes = [
    ...words.map((word) => ({ searchText: { contains: ` ${word}` } })),
    ...(tag ? [{ tags: { contains: tag } }] : []),
    ...(category ? [{ category: { eq: category } }] : []),
  ];
  return query({
    query: { pk: { eq: pk }, ...(byWord ? { sk: { beginsWith: byWord.begins } } : {}) },
    ...(wishes.length > 0 ? { filter: { and: wishes } } : {}),
    // Lists are in the order of time but those of words, which are in the order of words.
    scanIndexForward: byWord !== null,
    limit: pageLimit(ctx.args, MAX_PAGE_SIZE),
    nextToken: ctx.args.nextToken,
  });
}

export function response(ctx: Context<QuerySearchTemplatesArgs>) {
  const rows = pageRows<ListingRow>(ctx);
  const { begins } = ctx.stash;
  const found = begins ? rows.filter((row) => isFirstOf(row, begins)) : rows;
  return { items: found.map((row) => fromListing(row, callerOf(ctx))), nextToken: ctx.result.nextToken };
}
