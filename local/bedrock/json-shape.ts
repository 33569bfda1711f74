/** The schema implied by an instruction such as "answer with JSON only: {"title": string, "tags": [..]}". */
import type { JsonSchema } from "./converse.ts";

const ASKS_FOR_JSON =
  /\b(?:return|respond|reply|output|answer|produce|give|generate|write|provide|emit|format(?:ted)?|print)\b[^.\n]{0,80}\bJSON\b|\bJSON\s+(?:only|object|array)\b|\bonly\b[^.\n]{0,30}\bJSON\b|(?<!\b(?:here|this|given|below|following)\b[^.\n]{0,60})\bas\s+(?:valid\s+)?JSON\b/i;
const NAMED_KEYS =
  /\b(?:keys?|fields?|propert(?:y|ies)|members?|attributes?)\b\s*(?:named|called|are|is)?\s*:?\s*([^.\n]+)/i;
const KEY = /^["'`“]?([A-Za-z_][\w-]{0,40})["'`”]?(?:\s*\(.*\))?$/;
const KEY_IN_LIST = /^["'`“]?([A-Za-z_][\w-]{0,40})["'`”]?(?=\s|$)/;
const NUMBER_NAME = /year|rating|score|age$|count|price|number/i;

/** A schema spelled out in the text, the last one if there are several: `… this JSON Schema: {"type": "object", …}`. */
export function readJsonSchema(text: string): JsonSchema | undefined {
  const begin = [...text.matchAll(/\bJSON Schema\b[^{\n]{0,40}\s*(?=\{)/gi)].at(-1);
  const block = begin && findBlock(text.slice(begin.index + begin[0].length));
  const value = block === undefined ? undefined : parseLoosely(block);
  const hasType = typeof (value as { type?: unknown } | undefined)?.type === "string";
  return hasType ? (value as JsonSchema) : undefined;
}

/** @returns `undefined` when the text does not ask for JSON */
export function readJsonShape(text: string): JsonSchema | undefined {
  if (!ASKS_FOR_JSON.test(text)) return undefined;
  const mention = text.search(ASKS_FOR_JSON);
  const after = text.slice(mention);
  const example = parseExample(after) ?? parseNamedKeys(after);
  const isList = /\bJSON\s+(?:array|list)\b|\barray of\b/i.test(after);
  const schema = example ?? { type: "object", properties: { answer: { type: "string" } }, required: ["answer"] };
  return isList && !isListSchema(schema) ? { type: "array", items: schema, minItems: 2, maxItems: 4 } : schema;
}

function parseExample(text: string): JsonSchema | undefined {
  const block = findBlock(text);
  if (block === undefined) return undefined;
  const value = parseLoosely(block);
  if (value === undefined) return undefined;
  return looksLikeSchema(value) ? (value as JsonSchema) : schemaOf(value);
}

/** `keys title, year and genre`: in a list, words after the last name ("genre about cinema") do not belong to it. */
function parseNamedKeys(text: string): JsonSchema | undefined {
  const parts = NAMED_KEYS.exec(text)?.[1]?.split(/\s*,\s*(?:and\s+)?|\s+and\s+/) ?? [];
  const pattern = parts.length > 1 ? KEY_IN_LIST : KEY;
  const names = parts.flatMap((part) => pattern.exec(part.trim())?.[1] ?? []);
  if (names.length === 0) return undefined;
  const properties = Object.fromEntries(
    names.map((name) => [name, { type: NUMBER_NAME.test(name) ? "integer" : "string" }]),
  );
  return { type: "object", properties, required: names, additionalProperties: false };
}

/** The first balanced `{…}` or `[…]`. */
function findBlock(text: string): string | undefined {
  const start = text.search(/[{[]/);
  if (start < 0) return undefined;
  let depth = 0;
  for (let index = start; index < text.length; index++) {
    const letter = text.charAt(index);
    if (letter === "{" || letter === "[") depth++;
    if (letter === "}" || letter === "]") depth--;
    if (depth === 0) return text.slice(start, index + 1);
  }
  return undefined;
}

/** People write `{"n": number, tags: [string, ...]}`; it is corrected before it is parsed. */
function parseLoosely(block: string): unknown {
  const quoted = block
    .replace(/\/\/[^\n"]*$/gm, "")
    .replace(/,?\s*(?:\.\.\.|…)\s*(?=[\]}])/g, "")
    .replace(/([{,]\s*)([A-Za-z_]\w*)\s*:/g, '$1"$2":')
    .replace(
      /([:[,]\s*)(?!true\b|false\b|null\b)([A-Za-z<][^",\]}\n]*?)\s*(?=[,\]}\n])/g,
      (_, before: string, word: string) => before + JSON.stringify(word),
    )
    .replace(/,\s*(?=[\]}])/g, "");
  for (const attempt of [block, quoted]) {
    try {
      return JSON.parse(attempt);
    } catch {
      // The next attempt is more forgiving; after the last one it is no example.
    }
  }
  return undefined;
}

function looksLikeSchema(value: unknown): boolean {
  const schema = value as { type?: unknown; properties?: unknown; items?: unknown } | null;
  return (
    typeof schema?.type === "string" && (typeof schema.properties === "object" || typeof schema.items === "object")
  );
}

function isListSchema(schema: JsonSchema): boolean {
  return typeof schema === "object" && schema.type === "array";
}

function schemaOf(example: unknown): { [key: string]: any } {
  if (Array.isArray(example))
    return { type: "array", items: schemaOf(example[0] ?? "text"), minItems: Math.max(1, example.length) };
  if (typeof example === "object" && example !== null) {
    const properties = Object.fromEntries(Object.entries(example).map(([name, value]) => [name, schemaOf(value)]));
    return { type: "object", properties, required: Object.keys(properties), additionalProperties: false };
  }
  if (typeof example === "number") return { type: Number.isInteger(example) ? "integer" : "number" };
  return typeof example === "string" ? schemaOfWord(example) : { type: "boolean" };
}

/** `integer`, `number 1-5`, `yes|no`, or any words, which mean a string. */
function schemaOfWord(word: string): { [key: string]: any } {
  const [, least, most] = /(-?\d+)\s*(?:-|–|to|\.\.)\s*(\d+)/.exec(word) ?? [];
  const range = least === undefined ? {} : { minimum: Number(least), maximum: Number(most) };
  if (/^<?\s*(?:an?\s+)?(?:integer|int|whole number)\b/i.test(word)) return { type: "integer", ...range };
  if (/^<?\s*(?:an?\s+)?(?:number|float)\b/i.test(word))
    return { type: least === undefined ? "number" : "integer", ...range };
  if (/^<?\s*(?:an?\s+)?bool(?:ean)?\b/i.test(word)) return { type: "boolean" };
  const options = word.split(/\s*\|\s*/);
  return options.length > 1 ? { type: "string", enum: options } : { type: "string" };
}
