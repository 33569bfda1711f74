import {
  getNamedType,
  isObjectType,
  parse,
  type FieldNode,
  type GraphQLObjectType,
  type SelectionSetNode,
} from "graphql";

/** The fields of `type` that the first field of a document does not select, as paths: `shard.latest`. */
export function missingSelections(document: string, type: GraphQLObjectType): string[] {
  const [operation] = parse(document).definitions;
  if (operation?.kind !== "OperationDefinition") throw new Error("The document has no operation.");
  const [root] = operation.selectionSet.selections;
  return missing((root as FieldNode).selectionSet, type, "");
}

function missing(selected: SelectionSetNode | undefined, type: GraphQLObjectType, path: string): string[] {
  return Object.values(type.getFields()).flatMap((field) => {
    const node = selected?.selections.find(
      (each): each is FieldNode => each.kind === "Field" && each.name.value === field.name,
    );
    if (!node) return [`${path}${field.name}`];
    const inner = getNamedType(field.type);
    return isObjectType(inner) ? missing(node.selectionSet, inner, `${path}${field.name}.`) : [];
  });
}
