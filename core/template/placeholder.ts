/**
 * Placeholders for values that do not exist yet, so that prompts can be previewed before anything is paid: a step's answer, a
 * seed item. Texts say in brackets what they represent.
 */
import type { ValidateFunction } from "ajv/dist/2020.js";
import { compileSchema } from "./compile-schema.ts";
import { workOf } from "./schema-work.ts";
import type { Step } from "./template.ts";

type Schema = Readonly<Record<string, any>>;

/** How many items a list shows, if it may have as many. */
const SHOWN_ITEMS = 3;
/** Schemas may be recursive; below this depth only required fields are generated. */
const MAX_DEPTH = 6;

/** The values in an example at most: a schema may require ten fields of every level, each like the whole. */
const MAX_VALUES = 2_000;

/** Runs what may take any time, or throws. */
export type Limited = <T>(run: () => T) => T;

/** A possible answer of a step, as prompts see it. */
export function placeholderOf({ id, output }: Pick<Step, "id" | "output">, limited?: Limited): unknown {
  switch (output.type) {
    case "text":
      return `[answer of ${id}]`;
    case "list": {
      const length = Math.max(output.min, Math.min(SHOWN_ITEMS, output.max));
      return Array.from({ length }, (_, n) => `[${id} ${n + 1}]`);
    }
    case "choice":
      return output.of[0] ?? `[answer of ${id}]`;
    case "json":
      return exampleOf(output.schema, id, limited);
  }
}

/**
 * A small value that fits a JSON Schema, with optional fields where possible; if none fits, the closest candidate. Patterns
 * are ignored: what they require cannot be shown in brackets.
 * @param label the name in its texts: with `movie`, the field `title` is `[movie.title]`
 * @param limited without it, candidates are not validated against a schema for which that may take any time
 */
export function exampleOf(schema: Schema, label: string, limited?: Limited): unknown {
  const fits = validatorOf(schema, limited);
  const candidates = [
    { optional: true, branch: 0 },
    { optional: false, branch: 0 },
    { optional: true, branch: 1 },
    { optional: false, branch: 1 },
  ].map((variant) => new ExampleMaker(schema, variant).make(schema, label, 0));
  return candidates.find(fits) ?? candidates[0];
}

interface ExampleVariant {
  /** Whether to generate optional fields. */
  readonly optional: boolean;
  /** Which alternative of `anyOf` and `oneOf` is taken, the last one where there are fewer. */
  readonly branch: number;
}

class ExampleMaker {
  #left = MAX_VALUES;

  constructor(
    readonly root: Schema,
    readonly variant: ExampleVariant,
  ) {}

  make(given: Schema | boolean, label: string, depth: number): unknown {
    this.#left -= 1;
    if (this.#left < 0) return null;
    const schema = typeof given === "boolean" ? {} : this.#whole(given, depth);
    if ("const" in schema) return schema.const;
    if (Array.isArray(schema.enum)) return schema.enum.find((value) => value !== null) ?? null;
    switch (typeOf(schema)) {
      case "object":
        return this.#object(schema, label, depth);
      case "array":
        return this.#list(schema, label, depth);
      case "integer":
      case "number":
        return numberOf(schema);
      case "boolean":
        return true;
      case "null":
        return null;
      default:
        return textOf(schema, label);
    }
  }

  /** The schema merged with everything it refers to or is combined from. */
  #whole(schema: Schema, depth: number): Schema {
    this.#left -= 1;
    if (depth > 2 * MAX_DEPTH || this.#left < 0) return {};
    const { $ref, allOf = [], anyOf, oneOf, ...own } = schema;
    const branches: Schema[] = anyOf ?? oneOf ?? [];
    const parts = [
      typeof $ref === "string" ? this.#referred($ref) : {},
      ...allOf,
      branches[Math.min(this.variant.branch, branches.length - 1)] ?? {},
    ];
    return parts
      .filter((part) => typeof part === "object")
      .map((part) => (isCombined(part) ? this.#whole(part, depth + 1) : part))
      .reduce<Schema>(merged, own);
  }

  #referred(ref: string): Schema {
    if (!ref.startsWith("#")) return {};
    const keys = ref.slice(1).split("/").slice(1);
    const names = keys.map((key) => key.replaceAll("~1", "/").replaceAll("~0", "~"));
    return names.reduce<any>((schema, name) => schema?.[name], this.root) ?? {};
  }

  #object(schema: Schema, label: string, depth: number): Record<string, unknown> {
    const required: string[] = schema.required ?? [];
    const properties: Record<string, Schema> = schema.properties ?? {};
    const optional = this.variant.optional && depth < MAX_DEPTH ? Object.keys(properties) : [];
    const names = depth < 2 * MAX_DEPTH ? [...new Set([...optional, ...required])] : [];
    return Object.fromEntries(
      names.map((name) => [name, this.make(properties[name] ?? {}, `${label}.${name}`, depth + 1)]),
    );
  }

  #list(schema: Schema, label: string, depth: number): unknown[] {
    const first: Schema[] = schema.prefixItems ?? [];
    const preferred = depth < MAX_DEPTH ? Math.max(1, first.length) : 0;
    const length = Math.min(100, schema.maxItems ?? 100, Math.max(schema.minItems ?? 0, preferred));
    return Array.from({ length }, (_, n) => this.make(first[n] ?? schema.items ?? {}, `${label} ${n + 1}`, depth + 1));
  }
}

function isCombined({ $ref, allOf, anyOf, oneOf }: Schema): boolean {
  return [$ref, allOf, anyOf, oneOf].some((part) => part !== undefined);
}

function merged(one: Schema, other: Schema): Schema {
  return {
    ...one,
    ...other,
    ...((one.properties || other.properties) && { properties: { ...one.properties, ...other.properties } }),
    ...((one.required || other.required) && { required: [...(one.required ?? []), ...(other.required ?? [])] }),
  };
}

const TYPES = ["string", "array", "object", "integer", "number", "boolean", "null"];

/** The type that most of the schema is about, among those it allows. */
function typeOf(schema: Schema): string {
  const allowed: string[] = schema.type === undefined ? TYPES : [schema.type].flat();
  // Texts and lists have a length without any field.
  const fields = Object.keys(schema.properties ?? {}).filter((name) => name !== "length");
  if (fields.length > 0 && allowed.includes("object")) return "object";
  if ((schema.items ?? schema.prefixItems) !== undefined && allowed.includes("array")) return "array";
  return TYPES.find((type) => allowed.includes(type)) ?? "string";
}

const FORMATS: Readonly<Record<string, string>> = {
  date: "2026-01-31",
  time: "12:00:00Z",
  "date-time": "2026-01-31T12:00:00Z",
  email: "someone@example.com",
  uri: "https://example.com/",
  uuid: "123e4567-e89b-42d3-a456-426614174000",
};

function textOf({ format, minLength = 0, maxLength = Infinity }: Schema, label: string): string {
  const text = FORMATS[format] ?? `[${label}]`;
  return text.padEnd(Math.min(minLength, 10_000), ".").slice(0, maxLength);
}

function numberOf({ minimum, maximum, exclusiveMinimum, exclusiveMaximum, multipleOf, type }: Schema): number {
  const unit: number = multipleOf ?? 1;
  const least: number = minimum ?? (exclusiveMinimum === undefined ? -Infinity : exclusiveMinimum + unit);
  const most: number = maximum ?? (exclusiveMaximum === undefined ? Infinity : exclusiveMaximum - unit);
  const near = Math.min(most, Math.max(least, unit));
  const whole = Math.ceil(near / unit) * unit;
  return whole <= most || type === "integer" ? whole : near;
}

/** Whether a value fits; every value does when that cannot be determined. */
function validatorOf(schema: Schema, limited?: Limited): (value: unknown) => boolean {
  const run = workOf(schema).isLinear ? <T>(validate: () => T) => validate() : limited;
  return (value) => {
    const validate = run && compiledOf(schema);
    if (!validate) return true;
    try {
      return run(() => validate(value));
    } catch {
      // An infinitely recursive schema, or one that takes too long: the next value would do the same.
      compiled.set(schema, undefined);
      return true;
    }
  };
}

/** A loop asks for many examples of one schema. `undefined` for one that is of no use. */
const compiled = new WeakMap<Schema, ValidateFunction | undefined>();

function compiledOf(schema: Schema): ValidateFunction | undefined {
  if (compiled.has(schema)) return compiled.get(schema);
  const validate = tryToCompile(schema);
  compiled.set(schema, validate);
  return validate;
}

function tryToCompile(schema: Schema): ValidateFunction | undefined {
  try {
    return compileSchema(schema, { validateSchema: false, code: { regExp: anyText } });
  } catch {
    return undefined;
  }
}

/** Patterns are untrusted, and some regular expressions never terminate. */
const anyText = Object.assign(() => ({ test: () => true }), { code: "new RegExp" });
