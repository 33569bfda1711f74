/** `value.name`: its value, and what it requires of the object. */
import { isIndex } from "./constraints.ts";
import { isObjectPrototypeMember } from "./prototypes.ts";
import {
  below,
  isSameList,
  maybe,
  UNDEFINED,
  NUMBER,
  iterationsOf,
  uncertain,
  type AnyNode,
  type Context,
  type ObjectPart,
  type Scope,
  type Value,
} from "./value.ts";
import type { Interpreter } from "./interpreter.ts";

/** `value.name` */
export function memberOf(interpreter: Interpreter, value: Value, name: string, context: Context, at: number): Value {
  interpreter.spend(1);
  switch (value.kind) {
    case "seed":
      return memberOfSeed(interpreter, value, name, context, at);
    case "list":
      if (name === "length") return NUMBER;
      if (!isIndex(name)) return maybe();
      return value.known ? (value.known[Number(name)] ?? UNDEFINED) : maybe(value.each);
    case "object":
      return memberOfObject(interpreter, value.parts, value.open === true, name, context, at);
    case "text":
      return name === "length" ? NUMBER : maybe();
    case "builtin":
      return { kind: "builtin", name: `${value.name}.${name}` };
    case "maybe":
      return maybe(...value.of.map((one) => memberOf(interpreter, one, name, uncertain(context), at)));
    default:
      return maybe();
  }
}

/** `value.name` or `value[key]`, by the node that names it. */
export function memberByKey(
  interpreter: Interpreter,
  node: AnyNode,
  value: Value,
  scope: Scope,
  context: Context,
): Value {
  const at = node.start;
  if (!node.computed) return memberOf(interpreter, value, node.property.name ?? "", context, at);
  const key = interpreter.evaluate(node.property, scope, context);
  const name = literalOf(key);
  if (name !== undefined) return memberOf(interpreter, value, name, context, at);
  interpreter.requireNotNull(value, context);
  if (key.kind === "number" && key.counts && isSameList(key.counts.list, value)) return key.counts.item;
  if (key.kind === "number") return maybe(...iterationsOf(value, uncertain(context)).map((turn) => turn.value));
  if (!isKey(key) && readsSeeds(value, new Set())) interpreter.environment.warn(interpreter.program, node);
  return maybe();
}

function memberOfSeed(
  interpreter: Interpreter,
  value: Extract<Value, { kind: "seed" }>,
  name: string,
  context: Context,
  at: number,
): Value {
  if (value.view !== undefined && name === "length") return NUMBER;
  if (value.view !== undefined && isIndex(name)) {
    const path = below(value.path, name);
    const isThere = typeof value.view === "number" && Number(name) < value.view;
    return isThere ? interpreter.read(path, at) : maybe(...iterationsOf(value, context).map((turn) => turn.value));
  }
  interpreter.requireNotNull(value, context);
  // Such names exist whatever the seeds hold, and an index that large would need too long a schema.
  if (isObjectPrototypeMember(name) || name === "__proto__" || (/^\d+$/.test(name) && !isIndex(name))) return maybe();
  return interpreter.read(below(value.path, name), at);
}

/** The last part with the name counts; a spread that may contain it leaves the value uncertain. */
function memberOfObject(
  interpreter: Interpreter,
  parts: readonly ObjectPart[],
  open: boolean,
  name: string,
  context: Context,
  at: number,
): Value {
  interpreter.spend(parts.length);
  const found: Value[] = [];
  for (const part of [...parts].reverse()) {
    if (part.name === name) return found.length === 0 && !open ? part.value : maybe(part.value, ...found);
    if (part.name !== undefined || part.without?.includes(name)) continue;
    const spread = memberOfSpread(interpreter, part.value, name, context, at);
    if (spread.kind === "undefined") continue;
    if (part.value.kind === "object" && spread.kind !== "maybe" && found.length === 0 && !open) return spread;
    found.push(spread);
  }
  const [only] = found;
  if (open || isObjectPrototypeMember(name)) return maybe(...found);
  return only && found.length === 1 ? only : found.length === 0 ? UNDEFINED : maybe(...found);
}

/**
 * A field of what is spread into an object, of which nothing is required, since `...null` spreads nothing. Ignores that a
 * text's `length` is not spread.
 */
function memberOfSpread(interpreter: Interpreter, value: Value, name: string, context: Context, at: number): Value {
  if (value.kind === "object") return memberOfObject(interpreter, value.parts, value.open === true, name, context, at);
  if (value.kind === "seed" && value.view === undefined && !isObjectPrototypeMember(name) && !/^\d+$/.test(name))
    return interpreter.read(below(value.path, name), at);
  return value.kind === "undefined" ? UNDEFINED : maybe(memberOf(interpreter, value, name, uncertain(context), at));
}

export function literalOf(value: Value): string | undefined {
  return value.kind === "text" || value.kind === "number"
    ? value.literal === undefined
      ? undefined
      : String(value.literal)
    : undefined;
}

function isKey(value: Value): boolean {
  if (value.kind === "maybe") return value.of.length > 0 && value.of.every(isKey);
  return value.kind === "text" && value.isKey === true;
}

/** @param seen the values already looked at: an object may hold another twice, and that a third one twice */
function readsSeeds(value: Value, seen: Set<Value>): boolean {
  if (seen.has(value)) return false;
  seen.add(value);
  if (value.kind === "maybe") return value.of.some((one) => readsSeeds(one, seen));
  if (value.kind === "object") return value.parts.some((part) => readsSeeds(part.value, seen));
  return value.kind === "seed";
}
