/** Patterns in policies: `*`, `?` and policy variables. */
import { contextValue } from "./context.ts";
import type { RequestContext } from "./context.ts";

const ARN_PARTS = 6;
/** Compiled patterns: a few policies use the same ones for every call; those with variables differ by caller. */
const COMPILED_KEPT = 2_000;
const compiled = new Map<string, RegExp>();

/** `*` matches any text, `?` any one character. */
export function globMatches(pattern: string, text: string): boolean {
  if (pattern === "*") return true;
  if (!/[*?]/.test(pattern)) return pattern === text;
  let expression = compiled.get(pattern);
  if (!expression) {
    expression = new RegExp(`^${pattern.replace(/[*?]|[^*?]+/g, globPart)}$`, "s");
    if (compiled.size >= COMPILED_KEPT) compiled.clear();
    compiled.set(pattern, expression);
  }
  return expression.test(text);
}

/**
 * Whether a Resource element matches an ARN. Its variables (`${aws:PrincipalTag/owner}`) take the request's values, which are
 * literal even if they contain a star; a variable without a value matches nothing.
 */
export function resourceMatches(pattern: string, resource: string, context: RequestContext): boolean {
  const filled = fillVariables(pattern, context);
  return filled !== undefined && arnMatches(filled, resource);
}

/** Compares part by part, so that a star in the account part does not reach into the resource's name. */
export function arnMatches(pattern: string, arn: string): boolean {
  const patternParts = arnParts(pattern, ARN_PARTS);
  const parts = arnParts(arn, patternParts.length);
  return (
    parts.length === patternParts.length && patternParts.every((part, index) => globMatchesMarked(part, parts[index]!))
  );
}

/** A literal star or question mark, from a variable's value or written as `${*}`. */
const LITERAL: Readonly<Record<string, string>> = { "*": "\u0001", "?": "\u0002" };

/** @returns `undefined` when a variable has neither a value nor a default */
export function fillVariables(pattern: string, context: RequestContext): string | undefined {
  if (!pattern.includes("${")) return pattern;
  let missing = false;
  const filled = pattern.replace(/\$\{([^}]*)\}/g, (_, expression: string) => {
    const value = variableValue(expression, context);
    missing ||= value === undefined;
    return (value ?? "").replace(/[*?]/g, (char) => LITERAL[char]!);
  });
  return missing ? undefined : filled;
}

/** Like `globMatches` for a pattern that went through `fillVariables`. */
export function globMatchesMarked(pattern: string, text: string): boolean {
  return globMatches(
    pattern,
    text.replace(/[*?]/g, (char) => (hasMarks(pattern) ? LITERAL[char]! : char)),
  );
}

/** A pattern's text with its variables filled, for operators without wildcards. */
export function plainText(filled: string): string {
  return filled.replaceAll(LITERAL["*"]!, "*").replaceAll(LITERAL["?"]!, "?");
}

function hasMarks(pattern: string): boolean {
  return pattern.includes(LITERAL["*"]!) || pattern.includes(LITERAL["?"]!);
}

/** `aws:PrincipalTag/owner`, `aws:username, 'nobody'`, `*`, `?`, `$` */
function variableValue(expression: string, context: RequestContext): string | undefined {
  if (expression === "*" || expression === "?" || expression === "$") return expression;
  const [, key = expression, fallback] = /^\s*([^,]*?)\s*(?:,\s*'([^']*)')?\s*$/.exec(expression) ?? [];
  const value = contextValue(context, key);
  if (value === undefined) return fallback;
  return typeof value === "string" ? value : undefined;
}

function globPart(part: string): string {
  if (part === "*") return ".*";
  if (part === "?") return ".";
  return part.replace(/[\\^$.*+?()[\]{}|/]/g, "\\$&");
}

/** At most `count` parts; the last one may contain colons (`arn:aws:iam::*` matches everything in IAM). */
function arnParts(arn: string, count: number): string[] {
  const parts = arn.split(":");
  return parts.length <= count ? parts : [...parts.slice(0, count - 1), parts.slice(count - 1).join(":")];
}
