/** The functions that templates find in place: JavaScript's, Eta's and the library's. */
import { callValue } from "./calls.ts";
import { allOf, listOver, mapped } from "./lists.ts";
import { JSON_TYPES, type Kind } from "./prototypes.ts";
import { unknown, type Call, type List } from "./results.ts";
import {
  maybe,
  NOTHING,
  NUMBER,
  PLAIN,
  printsOf,
  TEXT,
  turnsOf,
  uncertain,
  type Context,
  type Value,
} from "./value.ts";

export function nativeOf(name: string): ((call: Call) => Value) | undefined {
  return Object.hasOwn(NATIVES, name) ? NATIVES[name] : undefined;
}

const number = () => NUMBER;
const plain = () => PLAIN;

const NATIVES: Readonly<Record<string, (call: Call) => Value>> = {
  include: (call) => {
    const [name, data] = call.args;
    return name?.kind === "text" && name.literal !== undefined
      ? call.walker.include(name.literal, data, call.context)
      : unknown(call, []);
  },
  output: ({ walker, args: [value], context }) => {
    walker.print(value ?? NOTHING, context);
    return NOTHING;
  },
  capture: (call) => captured(call, call.args[0], call.context),
  block: (call) => maybe(captured(call, call.args[1], uncertain(call.context))),
  String: ({ walker, args, context }) => walker.textOf(args.slice(0, 1), context),
  encodeURIComponent: ({ walker, args, context }) => walker.textOf(args.slice(0, 1), context),
  "JSON.stringify": asJson,
  Number: number,
  parseInt: number,
  parseFloat: number,
  "Number.parseInt": number,
  "Number.parseFloat": number,
  ...Object.fromEntries(
    "abs ceil floor round trunc sign max min pow sqrt random log log2 log10 exp hypot"
      .split(" ")
      .map((name) => [`Math.${name}`, number]),
  ),
  Boolean: plain,
  isNaN: plain,
  isFinite: plain,
  "Array.isArray": plain,
  "Number.isInteger": plain,
  "Number.isFinite": plain,
  "Number.isNaN": plain,
  "Object.keys": (call) => ofObject(call, { kind: "text", prints: [], isKey: true }),
  "Object.values": (call) => ofObject(call, maybe()),
  "Object.entries": (call) =>
    ofObject(call, {
      kind: "list",
      each: maybe(),
      known: [{ kind: "text", prints: [], isKey: true }, maybe()],
      loops: [],
    }),
  "Object.freeze": ({ args: [value] }) => value ?? NOTHING,
  // The library's functions refuse what is of another kind; docs/template-functions.md tells what each does.
  truncateTokens: (call) => ofText(call, TEXT),
  sentences: (call) => ofText(call, maybe()),
  keywords: (call) => ofText(call, maybe()),
  randomSentence: (call) => ofText(call, TEXT),
  writingStyle: (call) => ofText(call, TEXT),
  stripMarkdown: (call) => ofText(call, TEXT),
  wrap: (call) => ofText(call, TEXT),
  dedent: (call) => ofText(call, TEXT),
  dateWords: (call) => ofText(call, TEXT),
  numberWords: (call) => wanted(call, ["number"], TEXT),
  ordinal: (call) => wanted(call, ["number"], TEXT),
  json: (call) => wanted(call, JSON_TYPES, TEXT),
  shuffle: (call) => {
    const [list] = call.args;
    const all = list?.kind === "seed" || list?.kind === "list" ? allOf(list) : maybe();
    return wanted(call, ["array"], call.walker.made(all));
  },
  pickOne: (call) => {
    const [list = NOTHING] = call.args;
    if (list.kind === "seed") call.walker.demandItem(list.path, call.context, call.at);
    return wanted(call, ["array"], maybe(...turnsOf(list, call.context).map((turn) => turn.value)));
  },
  "Array.from": (call) => {
    const [value = NOTHING, callback] = call.args;
    call.walker.demandNotNull(value, call.context);
    if (value.kind !== "seed" || value.view !== undefined)
      return unknown({ ...call, args: callback ? [callback] : [] }, [value]);
    const list = listOver(value, (item) => item) as List;
    return call.walker.made(callback ? mapped(list, { ...call, args: [callback] }) : list);
  },
};

function ofText(call: Call, result: Value): Value {
  return wanted(call, ["string"], result);
}

/** A function of the library that refuses a first argument of another kind. */
function wanted({ walker, args: [value], context }: Call, kinds: readonly Kind[], result: Value): Value {
  if (value?.kind === "seed") walker.around.demands.demand(value.path, context, kinds);
  return result;
}

function asJson(call: Call): Value {
  const { args, context } = call;
  if (args.length > 1 && args[1]?.kind !== "plain") return unknown(call, []);
  const prints = printsOf(args.slice(0, 1), context);
  if (args[0]?.kind !== "seed") return { kind: "text", prints };
  return { kind: "text", prints: prints.map((print) => ({ ...print, asJson: true })), isJson: true };
}

/** Names or values of an object's fields: there may be none. */
function ofObject({ walker, args: [value = NOTHING], context }: Call, each: Value): Value {
  walker.demandNotNull(value, context);
  return maybe({ kind: "list", each, loops: [] });
}

function captured({ walker, at }: Call, run: Value | undefined, context: Context): Value {
  return walker.captured(() => void callValue(walker, run ?? NOTHING, [], context, at));
}
