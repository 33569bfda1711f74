/** What a client selected below a field: for `ctx.info`, and to reduce an error's data to it. */
import { getNamedType, isObjectType, Kind, print } from "graphql";
import type { FieldNode, FragmentDefinitionNode, GraphQLResolveInfo, SelectionSetNode } from "graphql";

export interface Selection {
  /** Response names with their path: `items`, `items/id`. */
  readonly selectionSetList: readonly string[];
  readonly selectionSetGraphQL: string;
}

export function selectionOf({
  fieldNodes,
  fragments,
  returnType,
}: Pick<GraphQLResolveInfo, "fieldNodes" | "fragments" | "returnType">): Selection {
  const type = getNamedType(returnType);
  // For an interface or union, only the fields of the interface itself are listed.
  const ownType = isObjectType(type) ? undefined : type.name;
  const sets = fieldNodes.flatMap((node) => (node.selectionSet ? [node.selectionSet] : []));
  return {
    selectionSetList: [...new Set(sets.flatMap((set) => pathsOf(set, fragments, "", ownType)))],
    selectionSetGraphQL: sets.map((set) => print(set)).join("\n"),
  };
}

type Fragments = Readonly<Record<string, FragmentDefinitionNode>>;

function pathsOf(set: SelectionSetNode, fragments: Fragments, prefix: string, ownType?: string): string[] {
  return set.selections.flatMap((node) => {
    if (node.kind === Kind.FIELD) {
      const path = prefix + responseName(node);
      return [path, ...(node.selectionSet ? pathsOf(node.selectionSet, fragments, `${path}/`) : [])];
    }
    const fragment = node.kind === Kind.INLINE_FRAGMENT ? node : fragments[node.name.value];
    const condition = fragment?.typeCondition?.name.value;
    if (!fragment || (ownType && condition && condition !== ownType)) return [];
    return pathsOf(fragment.selectionSet, fragments, prefix, ownType);
  });
}

function responseName(node: FieldNode): string {
  return node.alias?.value ?? node.name.value;
}

/** The members of an error's `data` that the client selected. */
export function selectData(data: unknown, selected: readonly string[]): unknown {
  if (Array.isArray(data)) return data.map((each) => selectData(each, selected));
  if (typeof data !== "object" || data === null || selected.length === 0) return data;
  const entries = Object.entries(data).filter(([name]) => selected.includes(name));
  return Object.fromEntries(entries.map(([name, value]) => [name, selectData(value, below(name, selected))]));
}

function below(name: string, selected: readonly string[]): string[] {
  return selected.filter((path) => path.startsWith(`${name}/`)).map((path) => path.slice(name.length + 1));
}
