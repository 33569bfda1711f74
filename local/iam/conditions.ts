/** The Condition element of policies: operators, set operators, `IfExists`. */
import { BlockList, isIP } from "node:net";
import { contextValue } from "./context.ts";
import type { RequestContext } from "./context.ts";
import { arnMatches, fillVariables, globMatchesMarked, plainText } from "./patterns.ts";

/** A parsed Condition element. */
export type Conditions = readonly Condition[];

interface Condition {
  readonly key: string;
  readonly operator: Operator;
  readonly set: "any" | "all" | undefined;
  readonly ifExists: boolean;
  readonly values: readonly string[];
}

interface Operator {
  /** Whether the request's value matches the policy's. */
  readonly fits: (given: string, wanted: string) => boolean;
  /** `StringNotEquals` and its like are true when no value matches. */
  readonly negated: boolean;
}

/** @throws Error for an operator that IAM does not know */
export function parseConditions(element: Record<string, Record<string, unknown>>, statementId: string): Conditions {
  return Object.entries(element).flatMap(([name, keys]) => {
    const [, set, base = "", ifExists] = /^(?:(ForAnyValue|ForAllValues):)?(.*?)(IfExists)?$/.exec(name) ?? [];
    const operator = operators[base];
    if (!operator)
      throw new Error(`The statement ${statementId} uses the condition operator "${name}", which IAM does not know.`);
    return Object.entries(keys).map(([key, values]) => ({
      key,
      operator,
      set: set === "ForAnyValue" ? ("any" as const) : set === "ForAllValues" ? ("all" as const) : undefined,
      ifExists: ifExists !== undefined,
      values: [values].flat().map(String),
    }));
  });
}

/** Whether all conditions are true. */
export function conditionsHold(conditions: Conditions, context: RequestContext): boolean {
  return conditions.every((condition) => holds(condition, context));
}

function holds({ key, operator, set, ifExists, values }: Condition, context: RequestContext): boolean {
  const given = contextValue(context, key);
  const present = typeof given === "string" || (given !== undefined && given.length > 0);
  if (operator === NULL) return values.some((value) => (value === "true") !== present);
  if (!present) return ifExists || set === "all" || (set === undefined && operator.negated);
  const wanted = values.map((value) => fillVariables(value, context)).filter((value) => value !== undefined);
  const fitsAny = (one: string) => wanted.some((value) => operator.fits(one, value)) !== operator.negated;
  const all = typeof given === "string" ? [given] : given;
  if (set === "all" || (set === undefined && operator.negated)) return all.every(fitsAny);
  return all.some(fitsAny);
}

/** A policy's value may contain marks for literal wildcards, which only patterns may see. */
const exactly =
  (fits: (given: string, wanted: string) => boolean) =>
  (given: string, wanted: string): boolean =>
    fits(given, plainText(wanted));

const equal = exactly((given, wanted) => given === wanted);
const equalIgnoringCase = exactly((given, wanted) => given.toLowerCase() === wanted.toLowerCase());
const like = (given: string, wanted: string) => globMatchesMarked(wanted, given);
const arnLike = (given: string, wanted: string) => arnMatches(wanted, given);
const inNetwork = exactly((given, wanted) => networkHas(wanted, given));
const byNumber = (fits: (given: number, wanted: number) => boolean) =>
  exactly((given, wanted) => isNumber(given) && isNumber(wanted) && fits(Number(given), Number(wanted)));
const byDate = (fits: (given: number, wanted: number) => boolean) =>
  exactly((given, wanted) => fits(dateMs(given), dateMs(wanted)));

const when = (fits: Operator["fits"]): Operator => ({ fits, negated: false });
const unless = (fits: Operator["fits"]): Operator => ({ fits, negated: true });

/** Tests whether the key is present. */
const NULL = when(() => false);

const operators: Readonly<Record<string, Operator>> = {
  StringEquals: when(equal),
  StringNotEquals: unless(equal),
  StringEqualsIgnoreCase: when(equalIgnoringCase),
  StringNotEqualsIgnoreCase: unless(equalIgnoringCase),
  StringLike: when(like),
  StringNotLike: unless(like),
  ArnEquals: when(arnLike),
  ArnLike: when(arnLike),
  ArnNotEquals: unless(arnLike),
  ArnNotLike: unless(arnLike),
  Bool: when(equalIgnoringCase),
  BinaryEquals: when(equal),
  IpAddress: when(inNetwork),
  NotIpAddress: unless(inNetwork),
  Null: NULL,
  NumericEquals: when(byNumber((given, wanted) => given === wanted)),
  NumericNotEquals: unless(byNumber((given, wanted) => given === wanted)),
  NumericLessThan: when(byNumber((given, wanted) => given < wanted)),
  NumericLessThanEquals: when(byNumber((given, wanted) => given <= wanted)),
  NumericGreaterThan: when(byNumber((given, wanted) => given > wanted)),
  NumericGreaterThanEquals: when(byNumber((given, wanted) => given >= wanted)),
  DateEquals: when(byDate((given, wanted) => given === wanted)),
  DateNotEquals: unless(byDate((given, wanted) => given === wanted)),
  DateLessThan: when(byDate((given, wanted) => given < wanted)),
  DateLessThanEquals: when(byDate((given, wanted) => given <= wanted)),
  DateGreaterThan: when(byDate((given, wanted) => given > wanted)),
  DateGreaterThanEquals: when(byDate((given, wanted) => given >= wanted)),
};

function isNumber(text: string): boolean {
  return text.trim() !== "" && Number.isFinite(Number(text));
}

/** ISO 8601, or seconds since the epoch. */
function dateMs(text: string): number {
  return isNumber(text) ? Number(text) * 1000 : Date.parse(text);
}

function networkHas(network: string, address: string): boolean {
  const [base = "", bits] = network.split("/");
  const family = isIP(base);
  if (family === 0 || isIP(address) !== family) return false;
  const list = new BlockList();
  list.addSubnet(base, bits === undefined ? (family === 4 ? 32 : 128) : Number(bits), family === 4 ? "ipv4" : "ipv6");
  return list.check(address, family === 4 ? "ipv4" : "ipv6");
}
