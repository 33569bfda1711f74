import type { SeedSetFieldsFragment } from "../../generated/documents.ts";

type Field = SeedSetFieldsFragment["collections"][number]["fields"][number];

export interface NestedField {
  readonly field: Field;
  /** How many fields it is nested in. */
  readonly depth: number;
  /** Its name within its parent field: `text` of `body.text`, `[].name` of `tags[].name`. */
  readonly title: string;
}

/** Fields in their order, each after its parent. */
export function nestedFields(fields: readonly Field[]): NestedField[] {
  const names = new Set(fields.map(({ name }) => name));
  const placed = fields.map((field) => {
    const around = parentsOf(field.name).filter((parent) => names.has(parent));
    const title = around.length > 0 ? field.name.slice(around.at(-1)!.length).replace(/^\./, "") : field.name;
    return { field, depth: around.length, title, root: around[0] ?? field.name };
  });
  const roots = [...new Set(placed.map(({ root }) => root))];
  return roots.flatMap((wanted) =>
    placed.filter(({ root }) => root === wanted).map(({ field, depth, title }) => ({ field, depth, title })),
  );
}

/** The parents of a name, the outermost first: `tags` and `tags[]` for `tags[].name`. */
function parentsOf(name: string): string[] {
  const ends = [...name.matchAll(/\.|\[\]/g)].flatMap(({ 0: mark, index }) => [index, index + mark.length]);
  const parents = ends.map((end) => name.slice(0, end)).filter((parent) => parent !== name && !parent.endsWith("."));
  return [...new Set(parents)];
}
