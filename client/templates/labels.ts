/** `question_answer` as `Question answer`. */
export function categoryLabel(category: string): string {
  const label = category.replaceAll(/[_-]+/g, " ").trim();
  return label.charAt(0).toUpperCase() + label.slice(1);
}

/** What a template reads, as prompts name it: `movies.Title`, or `movies` when the whole item is read. */
export function readName(read: { readonly collection: string; readonly path: string }): string {
  return read.path === "" ? read.collection : `${read.collection}.${read.path}`;
}
