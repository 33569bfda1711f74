/** The outline of an operation: its fields at the top, and how deep it goes. */
import { Kind } from "graphql";
import type {
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  OperationDefinitionNode,
  SelectionSetNode,
} from "graphql";

/** Fields at the top, those of fragments included. */
export function rootFields(document: DocumentNode, operation: OperationDefinitionNode): FieldNode[] {
  return fieldsOf(operation.selectionSet, fragmentsOf(document));
}

/** How many fields lie below one another; a field at the top alone is 1. */
export function depthOf(document: DocumentNode, operation: OperationDefinitionNode): number {
  return deepest(operation.selectionSet, fragmentsOf(document));
}

export function fragmentsOf(document: DocumentNode): Record<string, FragmentDefinitionNode> {
  const fragments = document.definitions.filter((each) => each.kind === Kind.FRAGMENT_DEFINITION);
  return Object.fromEntries(fragments.map((each) => [each.name.value, each]));
}

function fieldsOf(set: SelectionSetNode | undefined, fragments: Record<string, FragmentDefinitionNode>): FieldNode[] {
  return (set?.selections ?? []).flatMap((node) => {
    if (node.kind === Kind.FIELD) return [node];
    return fieldsOf(
      node.kind === Kind.INLINE_FRAGMENT ? node.selectionSet : fragments[node.name.value]?.selectionSet,
      fragments,
    );
  });
}

function deepest(set: SelectionSetNode | undefined, fragments: Record<string, FragmentDefinitionNode>): number {
  const depths = fieldsOf(set, fragments).map((field) => 1 + deepest(field.selectionSet, fragments));
  return Math.max(0, ...depths);
}
