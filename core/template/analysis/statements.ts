/** Runs statements, with one iteration of each loop representing all. */
import { evaluate } from "./evaluate.ts";
import { assigns, mayEndEarly, mayExit } from "./control-flow.ts";
import { bind } from "./destructuring.ts";
import { maybe, UNDEFINED, Scope, iterationsOf, uncertain, type AnyNode, type Context, type Value } from "./value.ts";
import type { Interpreter } from "./interpreter.ts";

export function run(interpreter: Interpreter, node: AnyNode, scope: Scope, context: Context): void {
  interpreter.spend(1);
  switch (node.type) {
    case "ExpressionStatement":
      evaluate(interpreter, node.expression, scope, context);
      return;
    case "VariableDeclaration":
      for (const { id, init } of node.declarations)
        bind(interpreter, id, init ? evaluate(interpreter, init, scope, context) : UNDEFINED, scope, context);
      return;
    case "Program":
    case "BlockStatement":
      return block(interpreter, node.body, new Scope(scope), context);
    case "IfStatement":
      evaluate(interpreter, node.test, scope, context);
      run(interpreter, node.consequent, scope, uncertain(context));
      if (node.alternate) run(interpreter, node.alternate, scope, uncertain(context));
      return;
    case "ReturnStatement": {
      const value = node.argument ? evaluate(interpreter, node.argument, scope, context) : UNDEFINED;
      interpreter.noteReturn(value);
      return;
    }
    case "ThrowStatement":
      evaluate(interpreter, node.argument, scope, context);
      return;
    case "LabeledStatement":
      return run(interpreter, node.body, scope, context);
    case "SwitchStatement":
      return switchStatement(interpreter, node, scope, context);
    case "TryStatement":
      run(interpreter, node.block, scope, uncertain(context));
      if (node.handler) catchClause(interpreter, node.handler, scope, uncertain(context));
      if (node.finalizer) run(interpreter, node.finalizer, scope, context);
      return;
    case "ForOfStatement":
      return forOf(interpreter, node, scope, context);
    case "ForInStatement": {
      evaluate(interpreter, node.right, scope, context);
      const inside = new Scope(scope);
      bindLoop(interpreter, node.left, { kind: "text", prints: [], isKey: true }, inside, uncertain(context));
      return run(interpreter, node.body, inside, uncertain(context));
    }
    case "ForStatement":
      return forStatement(interpreter, node, new Scope(scope), context);
    case "WhileStatement":
      evaluate(interpreter, node.test, scope, context);
      return run(interpreter, node.body, scope, uncertain(context));
    case "DoWhileStatement":
      run(interpreter, node.body, scope, uncertain(context));
      evaluate(interpreter, node.test, scope, uncertain(context));
      return;
    case "WithStatement":
      evaluate(interpreter, node.object, scope, context);
      return run(interpreter, node.body, scope, uncertain(context));
  }
}

export function block(interpreter: Interpreter, statements: readonly AnyNode[], scope: Scope, context: Context): void {
  for (const node of statements)
    if (node.type === "FunctionDeclaration")
      bind(interpreter, node.id, { kind: "function", node, scope, program: interpreter.program }, scope, context);
  let inside = context;
  for (const node of statements) {
    run(interpreter, node, scope, inside);
    if (mayExit(node)) inside = uncertain(inside);
  }
}

function switchStatement(interpreter: Interpreter, node: AnyNode, scope: Scope, context: Context): void {
  evaluate(interpreter, node.discriminant, scope, context);
  const inside = new Scope(scope);
  for (const { test, consequent } of node.cases as AnyNode[]) {
    if (test) evaluate(interpreter, test, inside, uncertain(context));
    for (const statement of consequent) run(interpreter, statement, inside, uncertain(context));
  }
}

function catchClause(interpreter: Interpreter, handler: AnyNode, scope: Scope, context: Context): void {
  const inside = new Scope(scope);
  if (handler.param) bind(interpreter, handler.param, maybe(), inside, context);
  run(interpreter, handler.body, inside, context);
}

function forOf(interpreter: Interpreter, node: AnyNode, scope: Scope, context: Context): void {
  const value = evaluate(interpreter, node.right, scope, context);
  const endsEarly = mayEndEarly(node.body);
  for (const turn of interpreter.iterate(value, context)) {
    const reached = endsEarly ? uncertain(turn.context) : turn.context;
    const inside = new Scope(scope);
    bindLoop(interpreter, node.left, turn.value, inside, reached);
    run(interpreter, node.body, inside, reached);
  }
}

function bindLoop(interpreter: Interpreter, left: AnyNode, value: Value, scope: Scope, context: Context): void {
  const pattern = left.type === "VariableDeclaration" ? left.declarations[0].id : left;
  bind(interpreter, pattern, value, scope, context);
}

/** `for (let i = 0; i < list.length; i++)` runs for each item; any other loop is uncertain after its initialization. */
function forStatement(interpreter: Interpreter, node: AnyNode, scope: Scope, context: Context): void {
  if (node.init?.type === "VariableDeclaration") run(interpreter, node.init, scope, context);
  else if (node.init) evaluate(interpreter, node.init, scope, context);
  if (node.test) evaluate(interpreter, node.test, scope, context);
  const counted = countedBy(node);
  if (!counted || mayEndEarly(node.body)) {
    run(interpreter, node.body, scope, uncertain(context));
    if (node.update) evaluate(interpreter, node.update, scope, uncertain(context));
    return;
  }
  const list = evaluate(interpreter, counted.list, scope, context);
  const [turn] = iterationsOf(list, context);
  const item = list.kind === "list" ? list.each : (turn?.value ?? maybe());
  scope.set(counted.name, { kind: "number", counts: { list, item } });
  if (turn) run(interpreter, node.body, scope, turn.context);
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
