/**
 * Compiles a JSON Schema that a stranger wrote: the only place that does. It limits what compiling takes; whoever runs the result
 * on something limits its time unless the schema is linear (see schema-work.ts).
 */
import { Ajv2020, type Options, type ValidateFunction } from "ajv/dist/2020.js";

/** @throws Error when it is not a JSON Schema, or refers to something that is not in it */
export function compileSchema(
  schema: Readonly<Record<string, unknown>>,
  options: Pick<Options, "allErrors" | "code" | "validateSchema"> = {},
): ValidateFunction {
  // One validator each: a schema may have the `$id` of another, or of JSON Schema itself, and would stay for everybody.
  return new Ajv2020({ ...OPTIONS, ...options }).compile(schema);
}

const OPTIONS: Options = {
  strict: false,
  validateFormats: false,
  // What strangers write does not belong in our log.
  logger: false,
  // A large schema that is referred to a thousand times would be compiled a thousand times.
  inlineRefs: false,
};
