/** The lists in which a published template is found, and which of them answers a search. */
import { listingKey } from "../../core/keys.ts";
import type { ListingRow, TemplateHeadRow, TemplateVersionRow } from "../../core/template/template-rows.ts";

/** A publication that replaces another is one transaction of 100 rows: the head, and twice as many listings at most. */
const MAX_WORDS = 36;
const LONGEST_WORD = 40;
/** Words that begin with the same letters lie together. */
const LETTERS = 2;
/** What stands between words; all else, in any script, belongs to one. */
const SEPARATORS = " \t\r\n!\"#$%&'()*+,-./:;<=>?@[\\]^_`{|}~“”„‘’…–—«»·¿¡、。，";

export const ALL = "ALL";
export const categoryListing = (category: string) => `CATEGORY#${category}`;
export const tagListing = (tag: string) => `TAG#${tag}`;
/** The head keeps whole words, from which the keys of its listings follow. */
const WORD = "WORD#";

/** Distinct words in lower case, in the order of the text. */
export function wordsOf(text: string): string[] {
  const spaced = SEPARATORS.split("").reduce((rest, separator) => rest.split(separator).join(" "), text.toLowerCase());
  const words = spaced.split(" ").map((word) => whole(word.slice(0, LONGEST_WORD)));
  return words.filter((word, n) => word !== "" && words.indexOf(word) === n);
}

type Titles = Pick<TemplateVersionRow, "name" | "description" | "category" | "tags">;

/** All lists in which a version stands once it is published. Of its words the first are listed, those of its name before others. */
export function listingsOf(version: Titles): string[] {
  const { category, tags } = version;
  return [
    ALL,
    ...(category ? [categoryListing(category)] : []),
    ...tags.filter((tag, n) => tags.indexOf(tag) === n).map((tag) => tagListing(tag)),
    ...listedWords(version).map((word) => `${WORD}${word}`),
  ];
}

export function keyOfListing(listing: string, publishedAt: string, templateId: string) {
  const newest = `${publishedAt}#${templateId}`;
  if (!listing.startsWith(WORD)) return listingKey(listing, newest);
  const word = listing.slice(WORD.length);
  return listingKey(`${WORD}${firstLetters(word)}`, `${word}#${newest}`);
}

/** The row of one listing; all rows of a template say the same. */
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
    searchText: listedWords(version)
      .sort()
      .map((word) => ` ${word}`)
      .join(""),
  };
}

/** Where a search by words looks: the longest tells most. Null when no word is long enough to have a list. */
export function listOfWords(words: readonly string[]): { listing: string; begins: string } | null {
  const longest = words.reduce((best, word) => (word.length > best.length ? word : best), "");
  return longest.length < LETTERS ? null : { listing: `${WORD}${firstLetters(longest)}`, begins: longest };
}

/** A template with several words that begin alike stands in a list of words several times; it is shown for the first of them. */
export function isFirstOf(row: ListingRow, begins: string): boolean {
  return row.sk.startsWith(`${row.searchText.split(" ").find((word) => word.startsWith(begins)) ?? ""}#`);
}

function listedWords({ name, category, tags, description }: Titles): string[] {
  return wordsOf([name, category ?? "", ...tags, description ?? ""].join(" ")).slice(0, MAX_WORDS);
}

function firstLetters(word: string): string {
  return whole(word.slice(0, LETTERS));
}

/** Without the first half of a character pair that was cut in two. */
function whole(word: string): string {
  const last = word.slice(-1);
  return last >= "\uD800" && last < "\uDC00" ? word.slice(0, -1) : word;
}
