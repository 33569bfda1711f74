/** The functions available to templates: JavaScript's, Eta's and the library's. */
import { allOf, listOver, mapped } from "./lists.ts";
import { JSON_TYPES, type Kind } from "./prototypes.ts";
import { printsOf } from "./prints.ts";
import { unknown, type Call, type List } from "./results.ts";
import { maybe, UNDEFINED, NUMBER, PLAIN, TEXT, iterationsOf, uncertain, type Context, type Value } from "./value.ts";

export function builtinOf(name: string): ((call: Call) => Value) | undefined {
  return Object.hasOwn(BUILTINS, name) ? BUILTINS[name] : undefined;
}

const number = () => NUMBER;
const plain = () => PLAIN;

const BUILTINS: Readonly<Record<string, (call: Call) => Value>> = {
  include: (call) => {
    const [name, data] = call.args;
    return name?.kind === "text" && name.literal !== undefined
      ? call.interpreter.include(name.literal, data, call.context)
      : unknown(call, []);
  },
  output: ({ interpreter, args: [value], context }) => {
    interpreter.print(value ?? UNDEFINED, context);
    return UNDEFINED;
  },
  capture: (call) => captured(call, call.args[0], call.context),
  block: (call) => maybe(captured(call, call.args[1], uncertain(call.context))),
  String: ({ interpreter, args, context }) => interpreter.textOf(args.slice(0, 1), context),
  encodeURIComponent: ({ interpreter, args, context }) => interpreter.textOf(args.slice(0, 1), context),
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
  "Object.freeze": ({ args: [value] }) => value ?? UNDEFINED,
  // The library's functions throw for arguments of another kind; docs/template-functions.md describes them.
  truncateTokens: (call) => ofText(call, TEXT),
  sentences: (call) => ofText(call, maybe()),
  keywords: (call) => ofText(call, maybe()),
  randomSentence: (call) => ofText(call, TEXT),
  writingStyle: (call) => ofText(call, TEXT),
  stripMarkdown: (call) => ofText(call, TEXT),
  wrap: (call) => ofText(call, TEXT),
  dedent: (call) => ofText(call, TEXT),
  dateWords: (call) => ofText(call, TEXT),
  numberWords: (call) => requireKinds(call, ["number"], TEXT),
  ordinal: (call) => requireKinds(call, ["number"], TEXT),
  json: (call) => requireKinds(call, JSON_TYPES, TEXT),
  shuffle: (call) => {
    const [list] = call.args;
    const all = list?.kind === "seed" || list?.kind === "list" ? allOf(list) : maybe();
    return requireKinds(call, ["array"], call.interpreter.ownValue(all));
  },
  pickOne: (call) => {
    const [list = UNDEFINED] = call.args;
    if (list.kind === "seed") call.interpreter.requireItem(list.path, call.context, call.at);
    return requireKinds(call, ["array"], maybe(...iterationsOf(list, call.context).map((turn) => turn.value)));
  },
  "Array.from": (call) => {
    const [value = UNDEFINED, callback] = call.args;
    call.interpreter.requireNotNull(value, call.context);
    if (value.kind !== "seed" || value.view !== undefined)
      return unknown({ ...call, args: callback ? [callback] : [] }, [value]);
    const list = listOver(value, (item) => item) as List;
    return call.interpreter.ownValue(callback ? mapped(list, { ...call, args: [callback] }) : list);
  },
};

function ofText(call: Call, result: Value): Value {
  return requireKinds(call, ["string"], result);
}

/** A library function that throws for a first argument of another kind. */
function requireKinds({ interpreter, args: [value], context }: Call, kinds: readonly Kind[], result: Value): Value {
  if (value?.kind === "seed") interpreter.environment.constraints.require(value.path, context, kinds);
  return result;
}

function asJson(call: Call): Value {
  const { args, context } = call;
  if (args.length > 1 && args[1]?.kind !== "plain") return unknown(call, []);
  const prints = printsOf(args.slice(0, 1), context);
  if (args[0]?.kind !== "seed") return { kind: "text", prints };
  return { kind: "text", prints: prints.map((print) => ({ ...print, asJson: true })), isJson: true };
}

/** The names or values of an object's fields, of which there may be none. */
function ofObject({ interpreter, args: [value = UNDEFINED], context }: Call, each: Value): Value {
  interpreter.requireNotNull(value, context);
  return maybe({ kind: "list", each, loops: [] });
}

function captured({ interpreter, at }: Call, run: Value | undefined, context: Context): Value {
  return interpreter.captured(() => void interpreter.call(run ?? UNDEFINED, [], context, at));
}
