/** The lists that a published template appears in, and which of them answers a search. */
import { listingKey } from "../../core/keys.ts";
import type { ListingRow, TemplateHeadRow, TemplateVersionRow } from "../../core/template/template-rows.ts";

/** Republishing is one transaction of up to 100 rows: the head, and at most twice as many listings. */
const MAX_TERMS = 36;
const MAX_TERM_LENGTH = 40;
/** Terms that begin with the same letters share a partition. */
const PREFIX_LENGTH = 2;
/** What separates terms; everything else, in any script, is part of one. */
const SEPARATORS = " \t\r\n!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~“”„‘’…–—«»·¿¡、。，";

export const ALL = "ALL";
export const categoryListing = (category: string) => `CATEGORY#${category}`;
export const tagListing = (tag: string) => `TAG#${tag}`;
/** The head stores whole terms, from which the keys of its listings follow. */
const TERM = "TERM#";

/** Distinct terms in lower case, in the order of the text. */
export function tokenize(text: string): string[] {
  const spaced = SEPARATORS.split("").reduce((rest, separator) => rest.split(separator).join(" "), text.toLowerCase());
  const terms = spaced.split(" ").map((term) => wellFormed(term.slice(0, MAX_TERM_LENGTH)));
  return terms.filter((term, n) => term !== "" && terms.indexOf(term) === n);
}

type Metadata = Pick<TemplateVersionRow, "name" | "description" | "category" | "tags">;

/** All lists that a version appears in once published. Only its first terms are indexed, those of its name before all others. */
export function listingsOf(version: Metadata): string[] {
  const { category, tags } = version;
  return [
    ALL,
    ...(category ? [categoryListing(category)] : []),
    ...tags.filter((tag, n) => tags.indexOf(tag) === n).map((tag) => tagListing(tag)),
    ...indexedTerms(version).map((term) => `${TERM}${term}`),
  ];
}

export function keyOfListing(listing: string, publishedAt: string, templateId: string) {
  const newest = `${publishedAt}#${templateId}`;
  if (!listing.startsWith(TERM)) return listingKey(listing, newest);
  const term = listing.slice(TERM.length);
  return listingKey(`${TERM}${prefixOf(term)}`, `${term}#${newest}`);
}

/** The row of one listing; all rows of a template hold the same data. */
export function listingRow(
  listing: string,
  head: TemplateHeadRow,
  version: TemplateVersionRow,
  publishedAt: string,
): ListingRow {
  return {
    ...keyOfListing(listing, publishedAt, head.templateId),
    templateId: head.templateId,
    owner: head.owner,
    name: version.name,
    description: version.description,
    category: version.category,
    tags: version.tags,
    stepCount: version.analysis.steps.length,
    latestVersion: version.version,
    publishedAt,
    updatedAt: version.createdAt,
    terms: indexedTerms(version)
      .sort()
      .map((term) => ` ${term}`)
      .join(""),
  };
}

/** The list that a text search reads: that of its longest, most selective term. Null when no term is long enough to have a list. */
export function termListing(terms: readonly string[]): { listing: string; prefix: string } | null {
  const longest = terms.reduce((best, term) => (term.length > best.length ? term : best), "");
  return longest.length < PREFIX_LENGTH ? null : { listing: `${TERM}${prefixOf(longest)}`, prefix: longest };
}

/** A template with several terms of the same prefix is in a list several times; it is shown for the first of them. */
export function isFirstMatch(row: ListingRow, prefix: string): boolean {
  return row.sk.startsWith(`${row.terms.split(" ").find((term) => term.startsWith(prefix)) ?? ""}#`);
}

function indexedTerms({ name, category, tags, description }: Metadata): string[] {
  return tokenize([name, category ?? "", ...tags, description ?? ""].join(" ")).slice(0, MAX_TERMS);
}

function prefixOf(term: string): string {
  return wellFormed(term.slice(0, PREFIX_LENGTH));
}

/** Without half of a surrogate pair at the end. */
function wellFormed(term: string): string {
  const last = term.slice(-1);
  return last >= "\uD800" && last < "\uDC00" ? term.slice(0, -1) : term;
}
