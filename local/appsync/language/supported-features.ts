/**
 * The features that APPSYNC_JS documents as supported, and nothing else: https://docs.aws.amazon.com/appsync/latest/devguide/supported-features.html
 */

/** Members of the global objects. */
export const GLOBAL_MEMBERS: Readonly<Record<string, readonly string[]>> = {
  Object: ["assign", "entries", "hasOwn", "keys", "values"],
  String: ["raw"],
  Number: ["isFinite", "isNaN"],
  Math: ["random", "min", "max", "round", "floor", "ceil"],
  JSON: ["parse", "stringify"],
  console: ["log", "error"],
};

export const GLOBAL_CONSTANTS: readonly string[] = ["NaN", "Infinity", "undefined"];

/** The objects that are both global and exported by `@aws-appsync/utils`. */
export const RUNTIME_GLOBALS: readonly string[] = ["util", "extensions", "runtime"];

/** Array methods that take a function, which must be an inline arrow function. */
export const CALLBACK_METHODS: readonly string[] = [
  ...["forEach", "map", "flatMap", "filter", "reduce", "reduceRight", "find", "some", "every"],
  ...["findIndex", "findLast", "findLastIndex"],
];

/** Methods of strings and arrays. */
export const VALUE_METHODS: readonly string[] = [
  ...["charAt", "concat", "endsWith", "indexOf", "lastIndexOf", "replace", "replaceAll", "slice", "split"],
  ...["startsWith", "toLowerCase", "toUpperCase", "trim", "trimEnd", "trimStart"],
  ...["fill", "flat", "join", "pop", "push", "reverse", "shift", "sort", "splice", "unshift"],
  ...CALLBACK_METHODS,
];

/** Node types that are allowed without a rule of their own. */
export const PLAIN_SYNTAX: readonly string[] = [
  ...["Program", "ImportSpecifier", "ImportNamespaceSpecifier", "ExportSpecifier", "VariableDeclaration"],
  ...["VariableDeclarator", "BlockStatement", "EmptyStatement", "ExpressionStatement", "ReturnStatement"],
  ...["IfStatement", "SwitchStatement", "SwitchCase", "ForInStatement", "TemplateElement", "TemplateLiteral"],
  ...["ChainExpression", "ObjectExpression", "ArrayExpression", "SpreadElement", "RestElement", "ObjectPattern"],
  ...["ArrayPattern", "AssignmentPattern", "ConditionalExpression"],
];

/** Messages for unsupported syntax, by node type. */
export const REFUSED_SYNTAX: Readonly<Record<string, string>> = {
  ThrowStatement: '"throw" is not part of APPSYNC_JS; use util.error(message)',
  TryStatement: '"try" is not part of APPSYNC_JS; check ctx.error in the response handler',
  WhileStatement: '"while" is not part of APPSYNC_JS; use for…of over an array',
  DoWhileStatement: '"do … while" is not part of APPSYNC_JS; use for…of over an array',
  ForStatement: '"for (…; …; …)" is not part of APPSYNC_JS; use for…of over an array',
  ContinueStatement: '"continue" is not part of APPSYNC_JS; put the rest of the loop into an if',
  LabeledStatement: "A label is not part of APPSYNC_JS",
  ClassDeclaration: '"class" is not part of APPSYNC_JS; use plain objects and functions',
  ClassExpression: '"class" is not part of APPSYNC_JS; use plain objects and functions',
  FunctionExpression:
    "A function expression is not part of APPSYNC_JS; use a function declaration or an arrow function",
  NewExpression: '"new" is not part of APPSYNC_JS; use object and array literals and util',
  ThisExpression: '"this" is not part of APPSYNC_JS',
  UpdateExpression: '"++" and "--" are not part of APPSYNC_JS; write "x += 1"',
  AwaitExpression: '"await" is not part of APPSYNC_JS; the data source does the waiting',
  YieldExpression: "A generator is not part of APPSYNC_JS",
  ImportExpression: "import() is not part of APPSYNC_JS",
  ImportDefaultSpecifier: "A default import is not part of APPSYNC_JS; import by name or with * as",
  ExportAllDeclaration: '"export *" is not part of APPSYNC_JS; bundle the code first',
  ExportDefaultDeclaration: "A default export is not part of APPSYNC_JS; export request and response by name",
  MetaProperty: "import.meta is not part of APPSYNC_JS",
  SequenceExpression: "The comma operator is not part of APPSYNC_JS; write two statements",
  DebuggerStatement: '"debugger" is not part of APPSYNC_JS',
};

/** What to use instead of a global. */
export function globalHint(name: string): string {
  if (name === "Date") return "; use util.time";
  if (name === "RegExp") return "; use util.matches(pattern, text)";
  if (name === "fetch" || name === "Promise" || name.startsWith("set")) return "; only data sources do I/O";
  return "";
}

/** What to use instead of a method. */
export function methodHint(name: string): string {
  if (name === "includes") return "; use indexOf(value) > -1";
  if (name === "substring" || name === "substr" || name === "at") return "; use slice";
  if (name === "toString") return "; use a template literal";
  if (name === "match" || name === "test" || name === "search") return "; use util.matches(pattern, text)";
  return "";
}
