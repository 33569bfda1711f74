/** Enhanced subscription filters: built from filter objects, validated when set, and matched against what a mutation returned. */
import { ResolverError } from "../errors.ts";

export interface FilterCondition {
  /** A path of at most five names: `location.address.country`. */
  readonly fieldName: string;
  readonly operator: string;
  readonly value: unknown;
}

/** Groups are alternatives. All conditions of a group must hold, except that several on one field are alternatives too. */
export interface SubscriptionFilter {
  readonly filterGroup: readonly { readonly filters: readonly FilterCondition[] }[];
}

/**
 * util.transform.toSubscriptionFilter: each operator of a field, each member of an `or` and each rule is an
 * alternative, so groups multiply out.
 * @returns null for anything that is not an object
 */
export function toSubscriptionFilter(
  filter: unknown,
  ignoredFields: readonly string[] = [],
  rules: unknown = {},
): SubscriptionFilter | null {
  if (!isObject(filter)) return null;
  const ruleAlternatives = isObject(rules)
    ? Object.entries(rules).flatMap(([name, value]) => operators(name, value))
    : [];
  const groups = ruleAlternatives.length
    ? product(alternatives(filter, ignoredFields), ruleAlternatives)
    : alternatives(filter, ignoredFields);
  return { filterGroup: groups.filter((filters) => filters.length > 0).map((filters) => ({ filters })) };
}

function alternatives(filter: Record<string, unknown>, ignored: readonly string[]): FilterCondition[][] {
  const entries = Object.entries(filter).filter(([name]) => !ignored.includes(name));
  const parts = entries.map(([name, value]) => {
    if (name === "or") return members(value).flatMap((member) => alternatives(member, ignored));
    if (name === "and")
      return members(value)
        .map((member) => alternatives(member, ignored))
        .reduce(product, [[]]);
    return operators(name, value);
  });
  return parts.reduce(product, [[]]);
}

function operators(fieldName: string, value: unknown): FilterCondition[][] {
  return isObject(value)
    ? Object.entries(value).map(([operator, operand]) => [{ fieldName, operator, value: operand }])
    : [];
}

function product(left: FilterCondition[][], right: FilterCondition[][]): FilterCondition[][] {
  return left.flatMap((one) => right.map((other) => [...one, ...other]));
}

function members(value: unknown): Record<string, unknown>[] {
  return Array.isArray(value) ? Array.from(value).filter(isObject) : [];
}

type Test = (actual: any, expected: any) => boolean;

const TESTS: Readonly<Record<string, Test>> = {
  eq: (actual, expected) => actual === expected,
  ne: (actual, expected) => actual !== expected,
  lt: (actual, expected) => actual < expected,
  le: (actual, expected) => actual <= expected,
  gt: (actual, expected) => actual > expected,
  ge: (actual, expected) => actual >= expected,
  contains: (actual, expected) => holds(actual, expected),
  notContains: (actual, expected) => !holds(actual, expected),
  containsAny: (actual, expected) => expected.some((each: unknown) => holds(actual, each)),
  beginsWith: (actual, expected) => typeof actual === "string" && actual.startsWith(expected),
  in: (actual, expected) => expected.includes(actual),
  notIn: (actual, expected) => !expected.includes(actual),
  between: (actual, expected) => actual >= expected[0] && actual <= expected[1],
};

/** AppSync's limits for the lists of these operators. */
const LIST_LIMITS: Readonly<Record<string, number>> = { in: 5, notIn: 5, containsAny: 20, between: 2 };
const FIELD_PATH_LIMIT_CHARACTERS = 256;
const NESTING_LIMIT = 5;

/** @throws ResolverError naming the problem, so that the subscription does not start unfiltered */
export function checkSubscriptionFilter(filter: unknown): SubscriptionFilter {
  const groups = isObject(filter) ? filter.filterGroup : undefined;
  if (!Array.isArray(groups)) throw new ResolverError("A subscription filter must be an object with a filterGroup");
  const checked = { filterGroup: JSON.parse(JSON.stringify(groups)) } as SubscriptionFilter;
  for (const condition of checked.filterGroup.flatMap((group) => group.filters ?? [])) checkCondition(condition);
  return checked;
}

function checkCondition({ fieldName, operator, value }: FilterCondition): void {
  const place = `The subscription filter on "${fieldName}"`;
  if (typeof fieldName !== "string" || fieldName.length > FIELD_PATH_LIMIT_CHARACTERS) {
    throw new ResolverError(`${place} must name a field, with at most ${FIELD_PATH_LIMIT_CHARACTERS} characters`);
  }
  if (!TESTS[operator]) throw new ResolverError(`${place} has the unknown operator "${operator}"`);
  const limit = LIST_LIMITS[operator];
  if (limit === undefined) return;
  if (!Array.isArray(value)) throw new ResolverError(`${place} needs a list for "${operator}"`);
  if (value.length > limit)
    throw new ResolverError(`${place} has ${value.length} values for "${operator}"; AppSync allows ${limit}`);
}

/** Whether a mutation's value passes the filter. A top-level list and a missing field match nothing. */
export function matchesFilter(filter: SubscriptionFilter, value: unknown): boolean {
  if (!isObject(value)) return false;
  return filter.filterGroup.some(({ filters }) =>
    groupByField(filters).every((same) => same.some((each) => meets(each, value))),
  );
}

function groupByField(filters: readonly FilterCondition[]): FilterCondition[][] {
  const byField = new Map<string, FilterCondition[]>();
  for (const condition of filters)
    byField.set(condition.fieldName, [...(byField.get(condition.fieldName) ?? []), condition]);
  return [...byField.values()];
}

function meets({ fieldName, operator, value }: FilterCondition, root: Record<string, unknown>): boolean {
  const path = fieldName.split(".");
  if (path.length > NESTING_LIMIT) return false;
  const actual = path.reduce<unknown>((inner, name) => (isObject(inner) ? inner[name] : undefined), root);
  if (actual === undefined || actual === null) return false;
  return TESTS[operator]?.(actual, value) ?? false;
}

function holds(actual: unknown, expected: unknown): boolean {
  if (typeof actual === "string") return actual.includes(String(expected));
  return Array.isArray(actual) && actual.includes(expected);
}

function isObject(value: unknown): value is Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value);
}
