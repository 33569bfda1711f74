/** `question_answer` as `Question answer`. */
export function categoryWords(category: string): string {
  const words = category.replaceAll(/[_-]+/g, " ").trim();
  return words.charAt(0).toUpperCase() + words.slice(1);
}

/** What a template reads, as it stands in prompts: `movies.Title`, or `movies` when the whole item is read. */
export function readName(read: { readonly collection: string; readonly path: string }): string {
  return read.path === "" ? read.collection : `${read.collection}.${read.path}`;
}
