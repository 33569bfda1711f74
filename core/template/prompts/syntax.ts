/**
 * The syntax of prompts and expressions: whether they parse, and what they read from `it`. A prompt becomes JavaScript of the
 * same length (text blanked, tags turned into statements), so that every position in the tree is a position in the prompt.
 */
import { parse, parseExpressionAt, type Expression, type Node } from "acorn";

/** A syntax error at a position in a prompt or an expression. */
export class TemplateSyntaxError extends Error {
  constructor(
    readonly problem: string,
    readonly line: number,
    readonly column: number,
    readonly excerpt: string,
  ) {
    super(`${problem} at line ${line}, column ${column}:\n\n${excerpt}`);
  }
}

/** A path in `it` that is read: `["movie", "Title"]` for `it.movie.Title`. */
export interface Read {
  readonly path: readonly string[];
  /** Behind `?.`, `??`, a branch or `||`: the template works without it. */
  readonly optional: boolean;
}

/** What a prompt reads. @throws TemplateSyntaxError */
export function readsOfPrompt(prompt: string): Read[] {
  return readsOf(treeOfPrompt(prompt));
}

/** What an expression reads. @throws TemplateSyntaxError */
export function readsOfExpression(expression: string): Read[] {
  return readsOf(treeOfExpression(expression));
}

/** The syntax tree of a prompt; its positions are those of the prompt. @throws TemplateSyntaxError */
export function treeOfPrompt(prompt: string): Node {
  return shallow(
    prompt,
    parseAt(prompt, () => parse(scriptOf(prompt), ACORN)),
  );
}

/** The syntax tree of an expression. @throws TemplateSyntaxError */
export function treeOfExpression(expression: string): Expression {
  // The tree omits enclosing parentheses, but the check for trailing text needs their end.
  const { end } = parseAt(expression, () => parseExpressionAt(expression, 0, { ...ACORN, preserveParens: true }));
  const rest = expression.slice(end).search(/\S/);
  if (rest >= 0) throw syntaxErrorAt(expression, end + rest, "Expected the end of the expression");
  return shallow(expression, parseExpressionAt(expression, 0, ACORN));
}

/** How deep a tree may be: whatever walks it is recursive, and `a + b + c` is one level deeper for each term. */
const MAX_SYNTAX_DEPTH = 1_000;

/** The tree, if it is no deeper than what walks it can go; finds out without recursion. */
function shallow<T extends Node>(source: string, tree: T): T {
  let level: Node[] = [tree];
  for (let depth = 1; level.length > 0; depth++) {
    if (depth > MAX_SYNTAX_DEPTH)
      throw syntaxErrorAt(
        source,
        level[0]?.start ?? 0,
        `It is nested more than ${MAX_SYNTAX_DEPTH} levels deep; split it`,
      );
    level = level.flatMap((node) => Object.values(node).flat().filter(isNode));
  }
  return tree;
}

const ACORN = { ecmaVersion: 2022, sourceType: "script", allowReturnOutsideFunction: true } as const;

/** A line terminator one character long: statements end at the edges of a tag without moving any position. */
const LINE_END = "\u2028";

/** Eta's tags as JavaScript of the same length. */
function scriptOf(prompt: string): string {
  let script = "";
  let at = 0;
  for (;;) {
    const open = prompt.indexOf("<%", at);
    if (open < 0) return script + blank(prompt.slice(at));
    const close = endOfTag(prompt, open);
    if (close < 0) throw syntaxErrorAt(prompt, open, "This tag is not closed with %>");
    script += blank(prompt.slice(at, open)) + statementOf(prompt.slice(open, close));
    at = close;
  }
}

/** Quoted text may contain `%>`; Eta skips it there, and so does this. */
function endOfTag(prompt: string, open: number): number {
  const quotes = new QuotedText(prompt);
  const marks = /%>|\/\*|["'`]/g;
  marks.lastIndex = open + 2;
  for (let match = marks.exec(prompt); match; match = marks.exec(prompt)) {
    if (match[0] === "%>") return marks.lastIndex;
    marks.lastIndex = quotes.endFrom(match.index, match[0]) ?? marks.lastIndex;
  }
  return -1;
}

/** Each starts at the quote; matches to the end of the text or line where the other one is missing. */
const QUOTED: Readonly<Record<string, RegExp>> = {
  "/*": /\/\*[^]*?(\*\/|$)/y,
  '"': /"(?:\\[^]|[^"\\\n])*("|\\?)/y,
  "'": /'(?:\\[^]|[^'\\\n])*('|\\?)/y,
  "`": /`(?:\\[^]|[^`\\])*(`|\\?)/y,
};

class QuotedText {
  /** By quote: the text up to here has no other one for it, so that it need not be searched again. */
  readonly #unclosedUpTo = new Map<string, number>();

  constructor(readonly text: string) {}

  /** The end of what the quote opens; `undefined` where it is never closed. */
  endFrom(index: number, quote: string): number | undefined {
    if (index < (this.#unclosedUpTo.get(quote) ?? 0)) return undefined;
    const quoted = QUOTED[quote];
    if (!quoted) return undefined;
    quoted.lastIndex = index;
    const match = quoted.exec(this.text);
    if (!match) return undefined;
    if (match[1] !== "" && match[1] !== "\\") return quoted.lastIndex;
    this.#unclosedUpTo.set(quote, quoted.lastIndex);
    return undefined;
  }
}

/**
 * A printing tag becomes `!(…)`. Like Eta's own `res += …` it is one statement, so the code before it means the same: `if (x)`
 * in the previous tag makes it conditional, and a name does not become a call.
 */
function statementOf(tag: string): string {
  const head = /^<%[-_]?\s*[=~]?/.exec(tag)?.[0] ?? "<%";
  const tail = /[-_]?%>$/.exec(tag)?.[0] ?? "%>";
  const code = tag.slice(head.length, tag.length - tail.length);
  const prints = /[=~]$/.test(head);
  const opening = prints ? "!(" : "";
  const closing = prints ? ")" : "";
  return LINE_END + opening.padStart(head.length - 1) + code + LINE_END + closing.padEnd(tail.length - 1);
}

/** Whether a node of a prompt's tree is a tag that prints; its `argument` is what it prints. */
export function isPrint(node: Node, prompt: string): boolean {
  return node.type === "UnaryExpression" && (node as AnyNode).operator === "!" && prompt.charAt(node.start) !== "!";
}

function blank(text: string): string {
  return text.replace(/[^\n]/g, " ");
}

function parseAt<T>(source: string, attempt: () => T): T {
  try {
    return attempt();
  } catch (error) {
    if (error instanceof SyntaxError && "pos" in error)
      throw syntaxErrorAt(source, Number(error.pos), error.message.replace(/ \(\d+:\d+\)$/, ""));
    throw error;
  }
}

function syntaxErrorAt(source: string, position: number, problem: string): TemplateSyntaxError {
  const before = source.slice(0, position).split("\n");
  const line = before.length;
  const column = (before.at(-1)?.length ?? 0) + 1;
  const text = source.split("\n")[line - 1] ?? "";
  return new TemplateSyntaxError(problem, line, column, `  ${text}\n  ${" ".repeat(column - 1)}^`);
}

/** Chains of names rooted at `it`; a chain ends at a call, a computed key or a method of strings and lists. */
function readsOf(tree: Node): Read[] {
  const reads = new Map<string, Read>();
  visit(tree, false, (path, optional) => {
    const key = path.join(".");
    const known = reads.get(key);
    reads.set(key, { path, optional: optional && (known?.optional ?? true) });
  });
  return [...reads.values()];
}

type OnRead = (path: string[], optional: boolean) => void;

// The shapes of ESTree's nodes differ by type; a walk over all of them reads their members by name.
type AnyNode = Node & Record<string, any>;

function visit(node: Node | null | undefined, optional: boolean, found: OnRead): void {
  if (!node) return;
  const any = node as AnyNode;
  const chain = chainOf(any);
  if (chain) return void found(chain.path, optional || chain.optional);
  switch (node.type) {
    case "LogicalExpression":
      visit(any.left, optional || any.operator !== "&&", found);
      return visit(any.right, true, found);
    case "ConditionalExpression":
    case "IfStatement":
      visit(any.test, true, found);
      visit(any.consequent, true, found);
      return visit(any.alternate, true, found);
    case "CallExpression": {
      // `it.movie.Title.trim()` reads Title; the method is not a field.
      const callee = any.callee as AnyNode;
      if (callee.type === "MemberExpression") visit(callee.object, optional || callee.optional, found);
      else visit(callee, optional, found);
      return any.arguments.forEach((argument: Node) => visit(argument, optional, found));
    }
  }
  for (const key of Object.keys(any)) {
    const child = any[key];
    if (Array.isArray(child)) child.forEach((item) => isNode(item) && visit(item, optional, found));
    else if (isNode(child)) visit(child, optional, found);
  }
}

function isNode(value: unknown): value is Node {
  return typeof value === "object" && value !== null && typeof (value as Node).type === "string";
}

function chainOf(node: AnyNode): { path: string[]; optional: boolean } | undefined {
  if (node.type === "ChainExpression") return chainOf(node.expression);
  if (node.type === "Identifier") return node.name === "it" ? { path: [], optional: false } : undefined;
  if (node.type !== "MemberExpression") return undefined;
  const object = chainOf(node.object);
  if (!object) return undefined;
  const name = node.computed ? literalKey(node.property) : node.property.name;
  if (name === undefined) return undefined;
  return { path: [...object.path, name], optional: object.optional || node.optional };
}

function literalKey(node: AnyNode): string | undefined {
  return node.type === "Literal" && typeof node.value === "string" ? node.value : undefined;
}
