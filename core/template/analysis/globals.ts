/**
 * The names that templates have without declaring them. Fixed tables, since the editor and the server have no sandbox to ask; a
 * test compares them with it.
 */
const namesIn = (text: string) => text.split(" ");

/** The functions that templates get besides JavaScript's; docs/template-functions.md describes them. */
export const LIBRARY_FUNCTIONS: readonly string[] = namesIn(
  "truncateTokens sentences keywords randomSentence writingStyle pickOne shuffle stripMarkdown json wrap dedent numberWords " +
    "ordinal dateWords",
);

/** What only prompts have; `__eta` is Eta's own. */
const PROMPT_NAMES = namesIn("include output capture __eta");

const JAVASCRIPT_NAMES = namesIn(
  "undefined NaN Infinity globalThis eval parseInt parseFloat isNaN isFinite decodeURI decodeURIComponent encodeURI " +
    "encodeURIComponent escape unescape Object Function Array Iterator String Number Boolean BigInt Symbol Date RegExp Math JSON " +
    "Reflect Proxy Map Set WeakMap WeakSet Error EvalError RangeError ReferenceError SyntaxError TypeError URIError " +
    "InternalError AggregateError ArrayBuffer DataView Uint8ClampedArray Int8Array Uint8Array Int16Array Uint16Array Int32Array " +
    "Uint32Array BigInt64Array BigUint64Array Float16Array Float32Array Float64Array " +
    // The global object is an object.
    "toString toLocaleString valueOf hasOwnProperty isPrototypeOf propertyIsEnumerable constructor __proto__ " +
    "__defineGetter__ __defineSetter__ __lookupGetter__ __lookupSetter__",
);

const EXPRESSION_GLOBALS: ReadonlySet<string> = new Set([
  ...JAVASCRIPT_NAMES,
  ...LIBRARY_FUNCTIONS,
  // A program is the body of a function of `it`.
  ...["it", "arguments"],
]);
const PROMPT_GLOBALS: ReadonlySet<string> = new Set([...EXPRESSION_GLOBALS, ...PROMPT_NAMES]);

/** Every name that a prompt, or an expression, has without declaring it. */
export function globalsOf(kind: "prompt" | "expression"): ReadonlySet<string> {
  return kind === "prompt" ? PROMPT_GLOBALS : EXPRESSION_GLOBALS;
}

/** The members of the namespaces that templates call most. They are frozen, so a template cannot add any. */
const MEMBERS: Readonly<Record<string, readonly string[]>> = {
  Math: namesIn(
    "min max abs floor ceil round sqrt acos asin atan atan2 cos exp log pow sin tan trunc sign cosh sinh tanh acosh asinh atanh " +
      "expm1 log1p log2 log10 cbrt hypot random f16round fround imul clz32 sumPrecise E LN10 LN2 LOG2E LOG10E PI SQRT1_2 SQRT2",
  ),
  JSON: namesIn("parse stringify"),
};

/** The members of a namespace such as `Math`; `undefined` for any other name. */
export function membersOfNamespace(name: string): readonly string[] | undefined {
  return Object.hasOwn(MEMBERS, name) ? MEMBERS[name] : undefined;
}
