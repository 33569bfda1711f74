/** Names for values: declarations, parameters, and what patterns like `{ title, ...rest }` take apart. */
import { evaluate, memberByKey } from "./evaluate.ts";
import { memberOf } from "./members.ts";
import { maybe, NOTHING, uncertain, type AnyNode, type Context, type Scope, type Value } from "./value.ts";
import type { Walker } from "./interpreter.ts";

/** Names what a pattern takes out of a value. */
export function bind(walker: Walker, pattern: AnyNode, value: Value, scope: Scope, context: Context): void {
  switch (pattern.type) {
    case "Identifier":
      scope.set(pattern.name, walker.program.changed.has(pattern.name) ? maybe(value) : value);
      return;
    case "AssignmentPattern":
      return bind(walker, pattern.left, orDefault(walker, value, pattern.right, scope, context), scope, context);
    case "ObjectPattern":
      return bindFields(walker, pattern, value, scope, context);
    case "ArrayPattern":
      return bindItems(walker, pattern, value, scope, context);
    case "RestElement":
      return bind(walker, pattern.argument, value, scope, context);
  }
}

export function bindParameters(
  walker: Walker,
  patterns: readonly AnyNode[],
  values: readonly Value[],
  scope: Scope,
  context: Context,
): void {
  patterns.forEach((pattern, n) => {
    const rest = values.slice(n);
    const value: Value =
      pattern.type === "RestElement"
        ? walker.made({ kind: "list", each: maybe(...rest), known: rest, loops: [] })
        : (values[n] ?? NOTHING);
    bind(walker, pattern, value, scope, context);
  });
}

function orDefault(walker: Walker, value: Value, fallback: AnyNode, scope: Scope, context: Context): Value {
  if (value.kind === "undefined") return evaluate(walker, fallback, scope, context);
  if (value.kind !== "seed" && value.kind !== "maybe") return value;
  return maybe(value, evaluate(walker, fallback, scope, uncertain(context)));
}

function bindFields(walker: Walker, pattern: AnyNode, value: Value, scope: Scope, context: Context): void {
  walker.demandNotNull(value, context);
  const taken: string[] = [];
  for (const property of pattern.properties as AnyNode[]) {
    if (property.type === "RestElement") {
      const rest = walker.made({ kind: "object", parts: [{ value, without: taken }], open: taken.includes("") });
      bind(walker, property.argument, rest, scope, context);
      continue;
    }
    const computed = property.computed || property.key.type === "Literal";
    const node: AnyNode = { ...property, type: "MemberExpression", property: property.key, computed };
    taken.push(String(property.key.name ?? property.key.value ?? ""));
    bind(walker, property.value, memberByKey(walker, node, value, scope, context), scope, context);
  }
}

function bindItems(walker: Walker, pattern: AnyNode, value: Value, scope: Scope, context: Context): void {
  const turns = walker.iterate(value, context);
  pattern.elements.forEach((element: AnyNode | null, n: number) => {
    if (!element) return;
    if (element.type === "RestElement") {
      const each = maybe(...turns.map((turn) => turn.value));
      return bind(walker, element, maybe({ kind: "list", each, loops: [] }), scope, context);
    }
    bind(walker, element, memberOf(walker, value, String(n), context, element.start), scope, context);
  });
}
