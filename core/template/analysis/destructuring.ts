/** Binds names to values: declarations, parameters, and patterns like `{ title, ...rest }`. */
import { memberByKey, memberOf } from "./members.ts";
import { maybe, UNDEFINED, uncertain, type AnyNode, type Context, type Scope, type Value } from "./value.ts";
import type { Interpreter } from "./interpreter.ts";

/** Binds the names of a pattern to the parts of a value. */
export function bind(interpreter: Interpreter, pattern: AnyNode, value: Value, scope: Scope, context: Context): void {
  switch (pattern.type) {
    case "Identifier":
      scope.set(pattern.name, interpreter.program.changed.has(pattern.name) ? maybe(value) : value);
      return;
    case "AssignmentPattern":
      return bind(
        interpreter,
        pattern.left,
        orDefault(interpreter, value, pattern.right, scope, context),
        scope,
        context,
      );
    case "ObjectPattern":
      return bindFields(interpreter, pattern, value, scope, context);
    case "ArrayPattern":
      return bindItems(interpreter, pattern, value, scope, context);
    case "RestElement":
      return bind(interpreter, pattern.argument, value, scope, context);
  }
}

export function bindParameters(
  interpreter: Interpreter,
  patterns: readonly AnyNode[],
  values: readonly Value[],
  scope: Scope,
  context: Context,
): void {
  patterns.forEach((pattern, n) => {
    const rest = values.slice(n);
    const value: Value =
      pattern.type === "RestElement"
        ? interpreter.ownValue({ kind: "list", each: maybe(...rest), known: rest, loops: [] })
        : (values[n] ?? UNDEFINED);
    bind(interpreter, pattern, value, scope, context);
  });
}

function orDefault(interpreter: Interpreter, value: Value, fallback: AnyNode, scope: Scope, context: Context): Value {
  if (value.kind === "undefined") return interpreter.evaluate(fallback, scope, context);
  if (value.kind !== "seed" && value.kind !== "maybe") return value;
  return maybe(value, interpreter.evaluate(fallback, scope, uncertain(context)));
}

function bindFields(interpreter: Interpreter, pattern: AnyNode, value: Value, scope: Scope, context: Context): void {
  interpreter.requireNotNull(value, context);
  const taken: string[] = [];
  for (const property of pattern.properties as AnyNode[]) {
    if (property.type === "RestElement") {
      const rest = interpreter.ownValue({
        kind: "object",
        parts: [{ value, without: taken }],
        open: taken.includes(""),
      });
      bind(interpreter, property.argument, rest, scope, context);
      continue;
    }
    const computed = property.computed || property.key.type === "Literal";
    const node: AnyNode = { ...property, type: "MemberExpression", property: property.key, computed };
    taken.push(String(property.key.name ?? property.key.value ?? ""));
    bind(interpreter, property.value, memberByKey(interpreter, node, value, scope, context), scope, context);
  }
}

function bindItems(interpreter: Interpreter, pattern: AnyNode, value: Value, scope: Scope, context: Context): void {
  const turns = interpreter.iterate(value, context);
  pattern.elements.forEach((element: AnyNode | null, n: number) => {
    if (!element) return;
    if (element.type === "RestElement") {
      const each = maybe(...turns.map((turn) => turn.value));
      return bind(interpreter, element, maybe({ kind: "list", each, loops: [] }), scope, context);
    }
    bind(interpreter, element, memberOf(interpreter, value, String(n), context, element.start), scope, context);
  });
}
