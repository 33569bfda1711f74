/** The outline of an operation: its top-level fields and its depth. */
import { Kind } from "graphql";
import type {
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  OperationDefinitionNode,
  SelectionSetNode,
} from "graphql";

/** Top-level fields, including those of fragments. */
export function rootFields(document: DocumentNode, operation: OperationDefinitionNode): FieldNode[] {
  return fieldsOf(operation.selectionSet, fragmentsOf(document));
}

/** The nesting depth of fields; a top-level field alone is 1. */
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
