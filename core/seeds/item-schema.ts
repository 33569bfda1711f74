/**
 * The schema a model gets to generate seeds: that of the items a template needs, simplified. A template's schema only says
 * what must not be missing; a model needs to know what to write.
 */

type Schema = Readonly<Record<string, any>>;

/** For a collection whose fields are unknown. */
const UNKNOWN_FIELDS: Schema = { text: { type: "string" } };
const MAX_DEPTH = 6;

/**
 * A JSON Schema in which every value has one type and every field is required.
 * @param needed the schema of a collection's items as core/template/analysis/seed-requirements.ts finds it
 */
export function itemSchemaOf(needed: Schema): Schema {
  const schema = plain(needed, 0);
  if (schema.type === "object" && Object.keys(schema.properties).length > 0) return schema;
  return objectOf(UNKNOWN_FIELDS);
}

function plain(given: Schema | boolean, depth: number): Schema {
  const schema = typeof given === "boolean" ? {} : combined(given);
  const fields = Object.entries<Schema>(schema.properties ?? {}).filter(([name]) => isFieldName(name));
  const each = listOf(schema.items ?? schema.prefixItems?.[0]);
  switch (typeOf(schema, fields.length > 0)) {
    case "object":
      if (depth >= MAX_DEPTH) return { type: "string" };
      return objectOf(Object.fromEntries(fields.map(([name, field]) => [name, plain(field, depth + 1)])));
    case "array":
      if (depth >= MAX_DEPTH) return { type: "string" };
      return { type: "array", items: plain(each, depth + 1) };
    case "integer":
    case "number":
      return { type: "number" };
    case "boolean":
      return { type: "boolean" };
    default:
      return { type: "string" };
  }
}

/** With the fields that are required only under a condition: items that have them always fit. */
function combined({ allOf = [], anyOf = [], ...own }: Schema): Schema {
  const parts = [...allOf, ...anyOf].filter((part) => typeof part === "object").map((part) => combined(part));
  return parts.reduce<Schema>(
    (whole, part) => ({
      ...part,
      ...whole,
      ...((part.properties || whole.properties) && {
        properties: { ...part.properties, ...whole.properties },
      }),
    }),
    own,
  );
}

const PREFERRED = ["string", "number", "integer", "boolean", "array", "object"];

function typeOf(schema: Schema, hasFields: boolean): string {
  const allowed: string[] = schema.type === undefined ? PREFERRED : [schema.type].flat();
  if (hasFields && allowed.includes("object")) return "object";
  if ((schema.items ?? schema.prefixItems) !== undefined && allowed.includes("array")) return "array";
  return PREFERRED.find((type) => allowed.includes(type)) ?? "string";
}

function listOf(items: Schema | boolean | undefined): Schema {
  return typeof items === "object" ? items : {};
}

/** `length`, which texts and lists have anyway, and list indexes are not fields to write. */
function isFieldName(name: string): boolean {
  return name !== "length" && !/^\d+$/.test(name);
}

function objectOf(properties: Schema): Schema {
  return { type: "object", properties, required: Object.keys(properties), additionalProperties: false };
}
