/** What a model's answer may mean where a step wants JSON, a list or a choice, if it is not quite what was asked for. */
import { answerSchemaOf, isListOutput } from "#core/template/output";
import type { Output } from "#core/template/template";
import { extractJson } from "./answer-json.ts";
import type { ModelAnswer } from "../ports.ts";

export type JsonObject = Readonly<Record<string, unknown>>;

/** What the text may mean, as the object that models are asked for; likeliest first. */
export function* objectsIn(
  output: Output,
  { text, stopReason }: Pick<ModelAnswer, "text" | "stopReason">,
): Generator<{ value: JsonObject; isMended: boolean }> {
  const found: unknown[] = [];
  for (const { value, isMended } of extractJson(text, stopReason === "max_tokens")) {
    found.push(value);
    const object = objectOf(output, value);
    if (object) yield { value: object, isMended };
  }
  for (let level = 0, outer = found; level < MAX_WRAPPINGS && outer.length > 0; level++) {
    outer = outer.flatMap((value) => unwrapped(output, value)).slice(0, MAX_CANDIDATES);
    for (const inner of outer) {
      const object = objectOf(output, inner);
      if (object) yield { value: object, isMended: true };
    }
  }
  const choice = choiceIn(output, text);
  if (choice !== undefined) yield { value: { choice }, isMended: false };
}

/** A bare list counts as the object with it, and a choice in other letters as the choice. */
function objectOf(output: Output, value: unknown): JsonObject | undefined {
  if (isListOutput(output) && Array.isArray(value)) return { items: value };
  const isObject = typeof value === "object" && value !== null && !Array.isArray(value);
  const object = isObject ? (value as JsonObject) : undefined;
  const choice = choiceIn(output, object ? object.choice : value);
  return choice === undefined ? object : { ...object, choice };
}

/** The option that the text is, whatever its case and the marks around it. */
function choiceIn(output: Output, text: unknown): string | undefined {
  if (output.type !== "choice" || !["string", "number"].includes(typeof text)) return undefined;
  const said = String(text);
  return output.of.find((one) => one === said) ?? output.of.find((one) => withoutMarks(one) === withoutMarks(said));
}

/** Quotes, emphasis, brackets, a bullet before and the end of a sentence behind; not a sign, as in `-1` or `C++`. */
const MARKS = /^(?:[-•]\s+)?["'`*_“”‘’«»([]+|^[-•]\s+|["'`*_“”‘’«»)\].!:;,。！]+$/g;

function withoutMarks(text: string): string {
  return text.trim().replace(MARKS, "").trim().toLowerCase();
}

/** How many times an answer may be wrapped, and how much is looked into for that. */
const MAX_WRAPPINGS = 3;
const MAX_CANDIDATES = 40;
/** How many members an object may have to be looked into. */
const MAX_WRAPPING_MEMBERS = 3;

/**
 * What a model wrapped once too often: an object in a list of one or in a member, or JSON in a text. What has members of the
 * schema is no wrapping.
 */
function unwrapped(output: Output, value: unknown): unknown[] {
  if (typeof value === "string") return [...extractJson(value)].map((inner) => inner.value);
  if (typeof value !== "object" || value === null) return [];
  if (Array.isArray(value)) return value.length === 1 ? value : [];
  const wanted = Object.keys((answerSchemaOf(output)?.properties ?? {}) as object);
  const keys = Object.keys(value);
  const isWrapping = keys.length <= MAX_WRAPPING_MEMBERS && !keys.some((key) => wanted.includes(key));
  return isWrapping && wanted.length > 0 ? Object.values(value) : [];
}

/** Parses the text at an instance path of Ajv's (a JSON Pointer), in place. @returns whether there was one that is JSON */
export function parseTextAt(root: object, path: string): boolean {
  const keys = path
    .split("/")
    .slice(1)
    .map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
  const last = keys.pop();
  let parent: any = root;
  for (const key of keys) parent = parent?.[key];
  const text: unknown = last === undefined ? undefined : parent?.[last];
  if (last === undefined || typeof text !== "string") return false;
  const [found] = extractJson(text);
  if (found === undefined || typeof found.value === "string") return false;
  parent[last] = found.value;
  return true;
}
