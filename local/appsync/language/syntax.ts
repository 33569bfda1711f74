/** The syntax tree of a resolver with its scopes, as walked by the language rules and the module rewriting. */
import { parse } from "acorn";

/** An ESTree node, loosely typed: each rule reads only the members it needs. */
export interface SyntaxNode {
  readonly type: string;
  readonly start: number;
  readonly end: number;
  readonly loc: { readonly start: { readonly line: number; readonly column: number } };
  // ESTree has some eighty node types; every rule knows the members of its own.
  readonly [member: string]: any;
}

export interface FunctionNode extends SyntaxNode {
  readonly params: readonly SyntaxNode[];
}

/** What a name is bound to. */
export interface Binding {
  readonly name: string;
  readonly kind: "import" | "function" | "variable" | "parameter";
  /** The function, the initial value or the import specifier; undefined for names bound by a pattern. */
  readonly node?: SyntaxNode;
  /** For imports: `@aws-appsync/utils`. */
  readonly module?: string;
  /** For imports: the exported name, or `*`. */
  readonly imported?: string;
}

/** A node with its position in the tree. */
export interface Visit {
  readonly node: SyntaxNode;
  readonly parent: SyntaxNode | undefined;
  /** The member of the parent that holds the node. */
  readonly member: string | undefined;
  readonly scope: Scope;
  /** Enclosing functions, innermost first. */
  readonly functions: readonly FunctionNode[];
}

/** @throws SyntaxError of acorn with `loc`, when the code is not an ES module */
export function parseModule(code: string): SyntaxNode {
  return parse(code, { ecmaVersion: "latest", sourceType: "module", locations: true }) as unknown as SyntaxNode;
}

/** Calls `visitor` for every node, parents first. */
export function visitAll(program: SyntaxNode, visitor: (visit: Visit) => void): void {
  const scope = new Scope();
  declareStatements(program.body, scope);
  declareVars(program, scope);
  walk({ node: program, parent: undefined, member: undefined, scope, functions: [] }, visitor);
}

/** Names by lexical block. */
export class Scope {
  readonly #bindings = new Map<string, Binding>();

  constructor(readonly parent?: Scope) {}

  declare(binding: Binding): void {
    this.#bindings.set(binding.name, binding);
  }

  find(name: string): Binding | undefined {
    return this.#bindings.get(name) ?? this.parent?.find(name);
  }
}

export function isFunction(node: SyntaxNode | null | undefined): node is FunctionNode {
  return /^(FunctionDeclaration|FunctionExpression|ArrowFunctionExpression)$/.test(node?.type ?? "");
}

/** A node's direct children, with the member that holds each. */
export function childrenOf(node: SyntaxNode): { child: SyntaxNode; member: string }[] {
  return Object.entries(node).flatMap(([member, value]) =>
    (Array.isArray(value) ? value : [value]).filter(isNode).map((child) => ({ child, member })),
  );
}

function walk(visit: Visit, visitor: (visit: Visit) => void): void {
  visitor(visit);
  const { node } = visit;
  const scope = visit.parent === undefined ? visit.scope : scopeInside(node, visit.scope);
  const functions = isFunction(node) ? [node, ...visit.functions] : visit.functions;
  for (const { child, member } of childrenOf(node)) {
    walk({ node: child, parent: node, member, scope, functions }, visitor);
  }
}

/** The scope inside a node. */
export function scopeInside(node: SyntaxNode, outer: Scope): Scope {
  const scope = new Scope(outer);
  if (isFunction(node)) {
    for (const parameter of node.params) {
      for (const name of namesOf(parameter)) scope.declare({ name, kind: "parameter" });
    }
    declareVars(node, scope);
    return scope;
  }
  switch (node.type) {
    case "BlockStatement":
      declareStatements(node.body, scope);
      return scope;
    case "SwitchStatement":
      declareStatements(
        node.cases.flatMap((each: SyntaxNode) => each.consequent),
        scope,
      );
      return scope;
    case "ForOfStatement":
    case "ForInStatement":
      declareStatements([node.left], scope);
      return scope;
    case "ForStatement":
      declareStatements(node.init ? [node.init] : [], scope);
      return scope;
    default:
      return outer;
  }
}

function declareStatements(statements: readonly SyntaxNode[], scope: Scope): void {
  for (const statement of statements) {
    const declared = statement.type.startsWith("Export") ? statement.declaration : statement;
    if (declared?.type === "ImportDeclaration") declareImports(declared, scope);
    if (declared?.type === "VariableDeclaration") declareVariables(declared, scope);
    if (declared?.id && /^(Function|Class)Declaration$/.test(declared.type)) {
      scope.declare({ name: declared.id.name, kind: "function", node: declared });
    }
  }
}

function declareImports(declaration: SyntaxNode, scope: Scope): void {
  for (const specifier of declaration.specifiers) {
    const imported = specifier.type === "ImportNamespaceSpecifier" ? "*" : (specifier.imported?.name ?? "default");
    scope.declare({
      name: specifier.local.name,
      kind: "import",
      node: specifier,
      module: declaration.source.value,
      imported,
    });
  }
}

function declareVariables(declaration: SyntaxNode, scope: Scope): void {
  for (const { id, init } of declaration.declarations) {
    for (const name of namesOf(id)) {
      const node = id.type === "Identifier" ? (init ?? undefined) : undefined;
      scope.declare({ name, kind: isFunction(node) ? "function" : "variable", node });
    }
  }
}

/** `var` belongs to the function, however deep the block that declares it. */
function declareVars(node: SyntaxNode, scope: Scope): void {
  for (const { child } of childrenOf(node)) {
    if (isFunction(child)) continue;
    if (child.type === "VariableDeclaration" && child.kind === "var") declareVariables(child, scope);
    declareVars(child, scope);
  }
}

function namesOf(pattern: SyntaxNode | null): string[] {
  switch (pattern?.type) {
    case "Identifier":
      return [pattern.name];
    case "ObjectPattern":
      return pattern.properties.flatMap((each: SyntaxNode) => namesOf(each.type === "Property" ? each.value : each));
    case "ArrayPattern":
      return pattern.elements.flatMap(namesOf);
    case "AssignmentPattern":
      return namesOf(pattern.left);
    case "RestElement":
      return namesOf(pattern.argument);
    default:
      return [];
  }
}

function isNode(value: unknown): value is SyntaxNode {
  return typeof (value as SyntaxNode | null)?.type === "string";
}
