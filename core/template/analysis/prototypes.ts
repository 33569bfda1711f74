/**
 * The prototype members of JSON's types: `it.movie.Title.trim` is not a field of the seeds but a method of texts. A fixed
 * table, since browser, server and sandbox must agree; it lists what any of their engines has.
 */
export const JSON_TYPES = ["null", "boolean", "number", "string", "array", "object"] as const;
export type JsonType = (typeof JSON_TYPES)[number];

/** A JSON type, or that of a prototype's member: `"a".link` is a function. */
export type Kind = JsonType | "function";
export const KINDS: readonly Kind[] = [...JSON_TYPES, "function"];

const methods = (names: string): Record<string, Kind> =>
  Object.fromEntries(names.split(" ").map((name) => [name, "function"]));

/** Members of every value but null. */
const ANY = methods(
  "constructor toString toLocaleString valueOf hasOwnProperty isPrototypeOf propertyIsEnumerable " +
    "__defineGetter__ __defineSetter__ __lookupGetter__ __lookupSetter__",
);

const PROTOTYPE_MEMBERS: Readonly<Record<Exclude<Kind, "null" | "object">, Readonly<Record<string, Kind>>>> = {
  boolean: {},
  number: methods("toFixed toPrecision toExponential"),
  string: {
    length: "number",
    ...methods(
      "at charAt charCodeAt codePointAt concat endsWith includes indexOf isWellFormed lastIndexOf localeCompare match matchAll " +
        "normalize padEnd padStart repeat replace replaceAll search slice split startsWith substr substring toLocaleLowerCase " +
        "toLocaleUpperCase toLowerCase toUpperCase toWellFormed trim trimEnd trimLeft trimRight trimStart " +
        "anchor big blink bold fixed fontcolor fontsize italics link small strike sub sup",
    ),
  },
  array: {
    length: "number",
    ...methods(
      "at concat copyWithin entries every fill filter find findIndex findLast findLastIndex flat flatMap forEach includes " +
        "indexOf join keys lastIndexOf map pop push reduce reduceRight reverse shift slice some sort splice toReversed " +
        "toSorted toSpliced unshift values with",
    ),
  },
  function: { name: "string", length: "number", ...methods("apply bind call") },
};

/** The kind of a member that a value inherits, not one of its own fields; `undefined` for none. */
export function prototypeMemberKind(kind: Kind, name: string): Kind | undefined {
  if (kind === "null") return undefined;
  if (Object.hasOwn(ANY, name)) return ANY[name];
  if (name === "__proto__") return "object";
  if (kind === "object") return undefined;
  return Object.hasOwn(PROTOTYPE_MEMBERS[kind], name) ? PROTOTYPE_MEMBERS[kind][name] : undefined;
}

/** The names of the methods that a value of the kind inherits from its own type, without those of every object. */
export function methodsOfKind(kind: Kind): string[] {
  const members = kind === "null" || kind === "object" ? {} : PROTOTYPE_MEMBERS[kind];
  return Object.keys(members).filter((name) => members[name] === "function");
}

/** Whether every object has it: such a name says nothing about the seeds' fields. */
export function isObjectPrototypeMember(name: string): boolean {
  return prototypeMemberKind("object", name) !== undefined;
}

/** The kinds whose values have the method. */
export function kindsWithMethod(name: string): Kind[] {
  return KINDS.filter((kind) => prototypeMemberKind(kind, name) === "function");
}
