/** EventBridge's event patterns: which events a rule matches. */

export type Pattern = { readonly [field: string]: Pattern | readonly Condition[] };
type Condition = string | number | boolean | null | Readonly<Record<string, any>>;

const NUMERIC: Record<string, (value: number, limit: number) => boolean> = {
  "=": (value, limit) => value === limit,
  "<": (value, limit) => value < limit,
  "<=": (value, limit) => value <= limit,
  ">": (value, limit) => value > limit,
  ">=": (value, limit) => value >= limit,
};

/** Whether an event matches: every field of the pattern, each with any one of its conditions. */
export function matches(pattern: Pattern, event: unknown): boolean {
  return Object.entries(pattern).every(([field, wanted]) => {
    if (field === "$or" && Array.isArray(wanted)) return wanted.some((each) => matches(each, event));
    const value = isObject(event) ? event[field] : undefined;
    if (!Array.isArray(wanted)) return matches(wanted as Pattern, value);
    return matchesField(wanted, value);
  });
}

/**
 * Validates a pattern when its rule is created.
 * @throws Error naming the condition that is invalid or not supported
 */
export function assertPattern(pattern: Pattern, at = "EventPattern"): void {
  for (const [field, wanted] of Object.entries(pattern)) {
    const place = `${at}.${field}`;
    if (field === "$or" && Array.isArray(wanted)) wanted.forEach((each) => assertPattern(each, place));
    else if (Array.isArray(wanted)) wanted.forEach((condition) => assertCondition(condition, place));
    else if (isObject(wanted)) assertPattern(wanted as Pattern, place);
    else throw new Error(`${place} must be a list of values or an object, not ${JSON.stringify(wanted)}.`);
  }
}

/** A list in an event matches when one of its elements does. */
function matchesField(conditions: readonly Condition[], value: unknown): boolean {
  const values = Array.isArray(value) ? value : [value];
  return conditions.some((condition) => {
    if (isObject(condition) && "exists" in condition) return condition["exists"] === (value !== undefined);
    return values.some((each) => matchesValue(condition, each));
  });
}

function matchesValue(condition: Condition, value: unknown): boolean {
  if (!isObject(condition)) return condition === value;
  const [[operator = "", operand] = []] = Object.entries(condition);
  switch (operator) {
    case "prefix":
      return compareText(operand, value, (text, part) => text.startsWith(part));
    case "suffix":
      return compareText(operand, value, (text, part) => text.endsWith(part));
    case "equals-ignore-case":
      return typeof value === "string" && value.toLowerCase() === String(operand).toLowerCase();
    case "wildcard":
      return typeof value === "string" && wildcard(operand).test(value);
    case "anything-but":
      return value !== undefined && !isOneOf(operand, value);
    case "numeric":
      return typeof value === "number" && isInRange(operand, value);
    default:
      return false;
  }
}

/** `anything-but` takes a value, a list of values, or another condition. */
function isOneOf(operand: unknown, value: unknown): boolean {
  const excluded = Array.isArray(operand) ? operand : [operand];
  return excluded.some((each) => {
    if (!isObject(each)) return each === value;
    const [[operator = "", parts] = []] = Object.entries(each);
    return [parts].flat().some((part) => matchesValue({ [operator]: part }, value));
  });
}

function compareText(operand: unknown, value: unknown, compare: (text: string, part: string) => boolean): boolean {
  if (typeof value !== "string") return false;
  if (!isObject(operand)) return compare(value, String(operand));
  return compare(value.toLowerCase(), String(operand["equals-ignore-case"]).toLowerCase());
}

/** `[">", 0, "<=", 5]` */
function isInRange(bounds: readonly unknown[], value: number): boolean {
  for (let index = 0; index < bounds.length; index += 2) {
    if (!NUMERIC[String(bounds[index])]?.(value, Number(bounds[index + 1]))) return false;
  }
  return true;
}

function wildcard(pattern: string): RegExp {
  return new RegExp(`^${pattern.replaceAll(/[.+?^${}()|[\]\\]/g, "\\$&").replaceAll("*", ".*")}$`, "s");
}

const OPERATORS = ["prefix", "suffix", "equals-ignore-case", "wildcard", "anything-but", "numeric", "exists"];

function assertCondition(condition: Condition, place: string): void {
  if (!isObject(condition)) return;
  const operators = Object.keys(condition);
  if (operators.length === 1 && OPERATORS.includes(operators[0] ?? "")) return;
  throw new Error(
    `${place} has the condition ${JSON.stringify(condition)}; supported conditions are ${OPERATORS.join(", ")}.`,
  );
}

function isObject(value: unknown): value is Record<string, any> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
