/** What runs, how often and under what: statements, with loops as one turn that stands for all. */
import { evaluate } from "./evaluate.ts";
import { assigns, mayEndEarly, mayLeave } from "./control-flow.ts";
import { bind } from "./destructuring.ts";
import { maybe, NOTHING, Scope, turnsOf, uncertain, type AnyNode, type Context, type Value } from "./value.ts";
import type { Walker } from "./interpreter.ts";

export function run(walker: Walker, node: AnyNode, scope: Scope, context: Context): void {
  switch (node.type) {
    case "ExpressionStatement":
      evaluate(walker, node.expression, scope, context);
      return;
    case "VariableDeclaration":
      for (const { id, init } of node.declarations)
        bind(walker, id, init ? evaluate(walker, init, scope, context) : NOTHING, scope, context);
      return;
    case "Program":
    case "BlockStatement":
      return block(walker, node.body, new Scope(scope), context);
    case "IfStatement":
      evaluate(walker, node.test, scope, context);
      run(walker, node.consequent, scope, uncertain(context));
      if (node.alternate) run(walker, node.alternate, scope, uncertain(context));
      return;
    case "ReturnStatement": {
      const value = node.argument ? evaluate(walker, node.argument, scope, context) : NOTHING;
      walker.returns(value);
      return;
    }
    case "ThrowStatement":
      evaluate(walker, node.argument, scope, context);
      return;
    case "LabeledStatement":
      return run(walker, node.body, scope, context);
    case "SwitchStatement":
      return switchStatement(walker, node, scope, context);
    case "TryStatement":
      run(walker, node.block, scope, uncertain(context));
      if (node.handler) catchClause(walker, node.handler, scope, uncertain(context));
      if (node.finalizer) run(walker, node.finalizer, scope, context);
      return;
    case "ForOfStatement":
      return forOf(walker, node, scope, context);
    case "ForInStatement": {
      evaluate(walker, node.right, scope, context);
      const inside = new Scope(scope);
      bindLoop(walker, node.left, { kind: "text", prints: [], isKey: true }, inside, uncertain(context));
      return run(walker, node.body, inside, uncertain(context));
    }
    case "ForStatement":
      return forStatement(walker, node, new Scope(scope), context);
    case "WhileStatement":
      evaluate(walker, node.test, scope, context);
      return run(walker, node.body, scope, uncertain(context));
    case "DoWhileStatement":
      run(walker, node.body, scope, uncertain(context));
      evaluate(walker, node.test, scope, uncertain(context));
      return;
    case "WithStatement":
      evaluate(walker, node.object, scope, context);
      return run(walker, node.body, scope, uncertain(context));
  }
}

export function block(walker: Walker, statements: readonly AnyNode[], scope: Scope, context: Context): void {
  for (const node of statements)
    if (node.type === "FunctionDeclaration")
      bind(walker, node.id, { kind: "function", node, scope, program: walker.program }, scope, context);
  let inside = context;
  for (const node of statements) {
    run(walker, node, scope, inside);
    if (mayLeave(node)) inside = uncertain(inside);
  }
}

function switchStatement(walker: Walker, node: AnyNode, scope: Scope, context: Context): void {
  evaluate(walker, node.discriminant, scope, context);
  const inside = new Scope(scope);
  for (const { test, consequent } of node.cases as AnyNode[]) {
    if (test) evaluate(walker, test, inside, uncertain(context));
    for (const statement of consequent) run(walker, statement, inside, uncertain(context));
  }
}

function catchClause(walker: Walker, handler: AnyNode, scope: Scope, context: Context): void {
  const inside = new Scope(scope);
  if (handler.param) bind(walker, handler.param, maybe(), inside, context);
  run(walker, handler.body, inside, context);
}

function forOf(walker: Walker, node: AnyNode, scope: Scope, context: Context): void {
  const value = evaluate(walker, node.right, scope, context);
  const endsEarly = mayEndEarly(node.body);
  for (const turn of walker.iterate(value, context)) {
    const reached = endsEarly ? uncertain(turn.context) : turn.context;
    const inside = new Scope(scope);
    bindLoop(walker, node.left, turn.value, inside, reached);
    run(walker, node.body, inside, reached);
  }
}

function bindLoop(walker: Walker, left: AnyNode, value: Value, scope: Scope, context: Context): void {
  const pattern = left.type === "VariableDeclaration" ? left.declarations[0].id : left;
  bind(walker, pattern, value, scope, context);
}

/** `for (let i = 0; i < list.length; i++)` runs for each item; of any other loop nothing is certain but its beginning. */
function forStatement(walker: Walker, node: AnyNode, scope: Scope, context: Context): void {
  if (node.init?.type === "VariableDeclaration") run(walker, node.init, scope, context);
  else if (node.init) evaluate(walker, node.init, scope, context);
  if (node.test) evaluate(walker, node.test, scope, context);
  const counted = countedBy(node);
  if (!counted || mayEndEarly(node.body)) {
    run(walker, node.body, scope, uncertain(context));
    if (node.update) evaluate(walker, node.update, scope, uncertain(context));
    return;
  }
  const list = evaluate(walker, counted.list, scope, context);
  const [turn] = turnsOf(list, context);
  const item = list.kind === "list" ? list.each : (turn?.value ?? maybe());
  scope.set(counted.name, { kind: "number", counts: { list, item } });
  if (turn) run(walker, node.body, scope, turn.context);
}

/** The counter and the list of a loop that counts through a list's indexes. */
function countedBy({ init, test, update, body }: AnyNode): { name: string; list: AnyNode } | undefined {
  const [first, another] = init?.type === "VariableDeclaration" ? init.declarations : [];
  const name = first?.id.name;
  const startsAtZero = first?.init?.type === "Literal" && first.init.value === 0 && !another;
  const limit =
    test?.type === "BinaryExpression" && test.operator === "<" && test.left.name === name ? test.right : undefined;
  const steps = update?.type === "UpdateExpression" && update.operator === "++" && update.argument.name === name;
  if (!name || !startsAtZero || !steps || limit?.type !== "MemberExpression" || limit.computed) return undefined;
  if (limit.property.name !== "length" || assigns(body, name)) return undefined;
  return { name, list: limit.object };
}
