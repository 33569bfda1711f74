/** Methods of lists, and those they share with texts. */
import { isIndex } from "./constraints.ts";
import { memberOf } from "./members.ts";
import { resultOf, unknown, type Call, type List, type Seed } from "./results.ts";
import { maybe, UNDEFINED, NUMBER, PLAIN, TEXT, iterationsOf, uncertain, within, type Value } from "./value.ts";

/** `list.name(...)`; what the method requires of the list is noted elsewhere. */
export function resultOfList(list: Seed | List, name: string, call: Call): Value {
  const result = listMethod(name)?.(list, call);
  if (!result) return resultOf(name) ?? unknown(call, [list]);
  const isNew = result.kind === "list" || (result.kind === "seed" && result.view !== undefined);
  return isNew ? call.interpreter.ownValue(result) : result;
}

type ListMethod = (list: Seed | List, call: Call) => Value;

function listMethod(name: string): ListMethod | undefined {
  return Object.hasOwn(LIST_METHODS, name) ? LIST_METHODS[name] : undefined;
}

const LIST_METHODS: Readonly<Record<string, ListMethod>> = {
  forEach: (list, call) => {
    eachTurn(list, call);
    return UNDEFINED;
  },
  map: mapped,
  filter: (list, call) => {
    eachTurn(list, call);
    return someOf(list);
  },
  flatMap: (list, call) => {
    const inner = eachTurn(list, call).results.flatMap((result) => iterationsOf(result, uncertain(call.context)));
    return maybe({ kind: "list", each: maybe(...inner.map((turn) => turn.value)), loops: [] });
  },
  some: (list, call) => stopping(list, call, PLAIN),
  every: (list, call) => stopping(list, call, PLAIN),
  findIndex: (list, call) => stopping(list, call, NUMBER),
  findLastIndex: (list, call) => stopping(list, call, NUMBER),
  find: (list, call) => stopping(list, call, itemOf(list, call)),
  findLast: (list, call) => stopping(list, call, itemOf(list, call)),
  reduce: reduced,
  reduceRight: reduced,
  sort: rearranged,
  toSorted: rearranged,
  reverse: rearranged,
  toReversed: rearranged,
  slice: (list, { args }) => {
    const [from, to] = args.map((arg) => (arg.kind === "number" ? arg.literal : undefined));
    if (args.length === 0) return allOf(list);
    if (list.kind === "list" || args.length < 2 || from !== 0 || to === undefined) return someOf(list);
    const isPrefix = Number.isInteger(to) && to > 0 && to <= MAX_PREFIX && list.view === undefined;
    return isPrefix ? { ...list, view: to } : someOf(list);
  },
  at: (list, { interpreter, args: [index], context, at }) => {
    const key = index?.kind === "number" ? String(index.literal) : "";
    return isIndex(key) ? memberOf(interpreter, list, key, context, at) : itemOf(list, { context });
  },
  join: (list, { interpreter, context }) => (list.kind === "list" ? interpreter.textOf([list], context) : TEXT),
  toString: (list: Seed | List, { interpreter, context }: Call) =>
    list.kind === "list" ? interpreter.textOf([list], context) : TEXT,
  entries: (list) => listOver(list, (item) => ({ kind: "list", each: maybe(item), known: [NUMBER, item], loops: [] })),
  keys: (list) => listOver(list, () => NUMBER),
  values: (list) => allOf(list),
  concat: (list, { args }) => maybe(list, ...args),
  flat: (list, { context }) => {
    const inner = iterationsOf(list, uncertain(context)).flatMap((turn) => iterationsOf(turn.value, turn.context));
    return maybe({ kind: "list", each: maybe(...inner.map((turn) => turn.value)), loops: [] });
  },
};

/** A longer prefix would bloat the schema, which names each index. */
const MAX_PREFIX = 50;

/** Calls the first argument for each item. @returns its results, and the loops in which it ran */
function eachTurn(list: Seed | List, { interpreter, args: [callback], context, at }: Call) {
  const turns = callback ? iterationsOf(list, { ...context, loops: [] }) : [];
  const results = turns.map((turn) =>
    interpreter.call(
      callback as Value,
      [turn.value, NUMBER, list],
      within({ ...context, certain: turn.context.certain }, turn.context.loops),
      at,
    ),
  );
  return { results, loops: turns.flatMap((turn) => turn.context.loops) };
}

/** A list of what the first argument makes of each item. */
export function mapped(list: Seed | List, call: Call): Value {
  const { results, loops } = eachTurn(list, call);
  if (isSome(list)) return maybe({ kind: "list", each: maybe(...results), loops });
  const known = list.kind === "list" && list.known ? results : undefined;
  const each = known ? maybe(...results) : (results[0] ?? maybe());
  return { kind: "list", each, known, loops };
}

/** It may stop at any item, so only the first is certain to be visited. */
function stopping(list: Seed | List, call: Call, result: Value): Value {
  eachTurn(list, { ...call, context: uncertain(call.context) });
  return result;
}

function reduced(list: Seed | List, { interpreter, args: [callback, start], context, at }: Call): Value {
  const results = iterationsOf(list, context).map((turn) =>
    callback
      ? interpreter.call(callback, [maybe(start ?? turn.value), turn.value, NUMBER], turn.context, at)
      : UNDEFINED,
  );
  return maybe(start ?? UNDEFINED, ...results);
}

function rearranged(list: Seed | List, call: Call): Value {
  unknown(call, [list]);
  return allOf(list);
}

/** The same items, in any order. */
export function allOf(list: Seed | List): Seed | List {
  if (list.kind === "list") return { ...list, known: undefined };
  return { ...list, view: list.view === undefined ? "all" : typeof list.view === "number" ? "some" : list.view };
}

function someOf(list: Seed | List): Value {
  return list.kind === "list" ? maybe(list) : { ...list, view: "some" };
}

function isSome(list: Seed | List): boolean {
  return list.kind === "seed" && list.view === "some";
}

function itemOf(list: Seed | List, { context }: Pick<Call, "context">): Value {
  return maybe(...iterationsOf(list, context).map((turn) => turn.value));
}

/** A list with something for each of the list's items. */
export function listOver(list: Seed | List, made: (item: Value) => Value): Value {
  const [turn] = iterationsOf(allOf(list), { certain: true, loops: [] });
  const over: Value = { kind: "list", each: made(turn?.value ?? maybe()), loops: turn?.context.loops ?? [] };
  return isSome(list) || (list.kind === "list" && list.known) ? maybe(over) : over;
}
