/** A JSON Schema validator's errors about a template, as sentences for its author. */
import type { ErrorObject } from "ajv";
import { nearest } from "./nearest.ts";
import { NOT_BLANK } from "./schema.ts";
import type { Path } from "./source.ts";

/** An error's location: the path to the value, or to the map with the unknown key. */
export interface LocatedMessage {
  readonly path: Path;
  readonly key?: string;
  readonly message: string;
}

/** The message for an error; `undefined` for one that only repeats another. */
export function messageFor(error: ErrorObject, document: unknown): LocatedMessage | undefined {
  const path = pathOf(error.instancePath);
  const location = describePath(path, document);
  const at = (message: string, key?: string): LocatedMessage => ({ path, key, message });
  const params = error.params as Record<string, never>;
  switch (error.keyword) {
    case "required":
      return at(`${location} needs "${String(params.missingProperty)}".`);
    case "additionalProperties": {
      const known = Object.keys((error.parentSchema?.properties ?? {}) as object);
      const key = String(params.additionalProperty);
      const meant = nearest(key, known);
      const advice = meant === undefined ? `it may have ${known.join(", ")}.` : `did you mean "${meant}"?`;
      return at(`${location} has the unknown key "${key}"; ${advice}`, key);
    }
    case "propertyNames": {
      const key = String(params.propertyName);
      return at(`"${key}" under ${location} needs a name of letters, digits and _ that starts with a letter.`, key);
    }
    case "pattern":
      if (error.propertyName !== undefined) return undefined;
      if (params.pattern === NOT_BLANK) return at(`${location} must not be blank.`);
      return at(`${location} must be letters, digits and _ and start with a letter, not "${String(error.data)}".`);
    case "enum":
      return at(
        `${location} is "${String(error.data)}", which is unknown; choose ${choices(error.params.allowedValues as string[])}.`,
      );
    case "type":
    case "minimum":
    case "maximum":
      return at(`${location} must be ${expected(error.parentSchema ?? {})}, not ${describe(error.data)}.`);
    case "minLength":
      return at(`${location} must not be empty.`);
    case "maxLength":
      return at(
        `${location} may have at most ${String(params.limit)} characters; this has ${String(error.data).length}.`,
      );
    case "minItems":
      return at(`${location} needs at least ${String(params.limit)} entries.`);
    case "maxItems":
      return at(
        `${location} may have at most ${String(params.limit)} entries, not ${(error.data as unknown[]).length}.`,
      );
    default:
      return undefined;
  }
}

function pathOf(pointer: string): Path {
  return pointer
    .split("/")
    .slice(1)
    .map((part) => part.replaceAll("~1", "/").replaceAll("~0", "~"))
    .map((part) => (/^\d+$/.test(part) ? Number(part) : part));
}

const MAPS: Readonly<Record<string, string>> = {
  parameters: "parameter",
  pick: "pick",
  draws: "draw",
  partials: "partial",
  record: "column",
  accept: "condition",
};

/** `"maxTokens" of step "answer"`. */
export function describePath(path: Path, document: unknown): string {
  const [section, name, ...rest] = path;
  if (section === undefined) return "The template";
  if (section === "steps" && typeof name === "number") return within(stepNamed(name, document), rest);
  const map = MAPS[section];
  if (map && name !== undefined) return within(`the ${map} "${name}"`, rest);
  return `"${path.join(".")}"`;
}

function stepNamed(n: number, document: unknown): string {
  const id = (document as { steps?: { id?: unknown }[] }).steps?.[n]?.id;
  return typeof id === "string" && id !== "" ? `step "${id}"` : `step ${n + 1}`;
}

function within(owner: string, rest: Path): string {
  return rest.length === 0 ? `${owner.slice(0, 1).toUpperCase()}${owner.slice(1)}` : `"${rest.join(".")}" of ${owner}`;
}

function expected({ type, minimum, maximum }: Record<string, unknown>): string {
  if (type === "integer") return `a whole number from ${String(minimum)} to ${String(maximum)}`;
  if (type === "number") return `a number from ${String(minimum)} to ${String(maximum)}`;
  if (type === "object") return "an object of names and values";
  return type === "array" ? "a list" : "a text";
}

function describe(value: unknown): string {
  if (value === null || value === undefined) return "nothing";
  if (Array.isArray(value)) return "a list";
  if (typeof value === "object") return "an object";
  return typeof value === "string" ? `the text "${value.slice(0, 40)}"` : String(value);
}

function choices(values: readonly string[]): string {
  return values.length < 2 ? values.join("") : `${values.slice(0, -1).join(", ")} or ${values.at(-1)}`;
}
