/** The outline of an operation: its top-level fields, its depth and its size. */
import { Kind } from "graphql";
import type {
  DocumentNode,
  FieldNode,
  FragmentDefinitionNode,
  OperationDefinitionNode,
  SelectionNode,
  SelectionSetNode,
} from "graphql";

/** Top-level fields, including those of fragments; only for an operation whose size is known to be bearable. */
export function rootFields(document: DocumentNode, operation: OperationDefinitionNode): FieldNode[] {
  return fieldsOf(operation.selectionSet, fragmentsOf(document));
}

export interface Shape {
  /** The nesting depth of fields; a top-level field alone is 1. */
  readonly depth: number;
  /** How many fields are selected once every fragment is expanded wherever it is spread. */
  readonly fields: number;
}

/**
 * Measures an operation of a valid document. Each fragment is measured once, so the work grows with the document and not with its
 * expansion: ten fragments that spread the next one ten times each stand for 10^10 fields.
 */
export function shapeOf(document: DocumentNode, operation: OperationDefinitionNode): Shape {
  const fragments = fragmentsOf(document);
  const measured = new Map<string, Shape>();
  const ofFragment = (name: string): Shape => {
    const known = measured.get(name);
    if (known) return known;
    const shape = ofSet(fragments[name]?.selectionSet);
    measured.set(name, shape);
    return shape;
  };
  const ofSet = (set: SelectionSetNode | undefined): Shape =>
    (set?.selections ?? []).map(ofNode).reduce(together, { depth: 0, fields: 0 });
  const ofNode = (node: SelectionNode): Shape => {
    if (node.kind === Kind.FRAGMENT_SPREAD) return ofFragment(node.name.value);
    const { depth, fields } = ofSet(node.selectionSet);
    return node.kind === Kind.FIELD ? { depth: 1 + depth, fields: 1 + fields } : { depth, fields };
  };
  return ofSet(operation.selectionSet);
}

function together(a: Shape, b: Shape): Shape {
  return { depth: Math.max(a.depth, b.depth), fields: a.fields + b.fields };
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
