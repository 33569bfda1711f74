/** Errors as AppSync reports them: inside a GraphQL response, and instead of one. */
import { getNamedType, isObjectType } from "graphql";
import type { GraphQLSchema, GraphQLError } from "graphql";

/** An error that a handler raised with util.error, or AppSync itself for a field. */
export class ResolverError extends Error {
  constructor(
    message: string,
    readonly errorType: string | null = null,
    readonly data: unknown = null,
    readonly errorInfo: unknown = null,
  ) {
    super(message);
  }
}

/** A request that is rejected before its operation is read. */
export class RequestError extends Error {
  constructor(
    readonly status: number,
    readonly errorType: string,
    message: string,
  ) {
    super(message);
  }
}

/** One entry of `errors` in a response. */
export interface AnswerError {
  readonly path: readonly (string | number)[] | null;
  readonly data: unknown;
  readonly errorType: string | null;
  readonly errorInfo: unknown;
  readonly locations: readonly { line: number; column: number; sourceName: null }[] | null;
  readonly message: string;
}

export function answerError(error: GraphQLError, schema: GraphQLSchema): AnswerError {
  const raised = error.originalError instanceof ResolverError ? error.originalError : undefined;
  return {
    path: error.path ?? null,
    data: raised?.data ?? null,
    errorType: raised?.errorType ?? null,
    errorInfo: raised?.errorInfo ?? null,
    locations: error.locations?.map(({ line, column }) => ({ line, column, sourceName: null })) ?? null,
    message: raised ? raised.message : messageOf(error, schema),
  };
}

/** graphql-java's message for an error of graphql-js. */
function messageOf({ message, path }: GraphQLError, schema: GraphQLSchema): string {
  const place = pathText(path);
  const missing = /^Cannot return null for non-nullable field (\w+)\.(\w+)\.$/.exec(message);
  if (missing) {
    const [, parent = "", field = ""] = missing;
    return `Cannot return null for non-nullable type: '${typeName(schema, parent, field)}' within parent '${parent}' (${place})`;
  }
  if (/ cannot represent | value: /.test(message)) return `Can't serialize value (${place}) : ${message}`;
  return message;
}

function typeName(schema: GraphQLSchema, parent: string, field: string): string {
  const type = schema.getType(parent);
  return isObjectType(type) ? (getNamedType(type.getFields()[field]?.type)?.name ?? "") : "";
}

/** `/listOrders/items[3]/id` */
function pathText(path: readonly (string | number)[] | undefined): string {
  return (path ?? []).map((step) => (typeof step === "number" ? `[${step}]` : `/${step}`)).join("");
}

/** AppSync's name for the rule that a query violates. */
const VALIDATION_TYPES: readonly [RegExp, string][] = [
  [/^Cannot query field/, "FieldUndefined"],
  [/^GraphQL introspection has been disabled/, "FieldUndefined"],
  [/^Unknown argument/, "UnknownArgument"],
  [/is required, but it was not provided/, "MissingFieldArgument"],
  [/must have a selection of subfields/, "SubSelectionRequired"],
  [/must not have a selection/, "SubSelectionNotAllowed"],
  [/^Variable .* is not defined/, "UndefinedVariable"],
  [/^Variable .* is never used/, "UnusedVariable"],
  [/used in position expecting type/, "VariableTypeMismatch"],
  [/^Unknown fragment/, "UndefinedFragment"],
  [/^Fragment .* is never used/, "UnusedFragment"],
  [/^Unknown type/, "UnknownType"],
  [/^Unknown directive/, "UnknownDirective"],
];

export function validationError(error: GraphQLError): AnswerError {
  const kind = VALIDATION_TYPES.find(([pattern]) => pattern.test(error.message))?.[1] ?? "WrongType";
  return {
    path: null,
    data: null,
    errorType: null,
    errorInfo: null,
    locations: error.locations?.map(({ line, column }) => ({ line, column, sourceName: null })) ?? null,
    message: `Validation error of type ${kind}: ${error.message}`,
  };
}

/** Invalid variables, with AppSync's message where it is known. */
export function variableError(error: GraphQLError): AnswerError {
  const missing = /^Variable "\$(\w+)" of required type "(.+)" was not provided\.$/.exec(error.message);
  const invalid = /^Variable "\$(\w+)" got invalid value/.exec(error.message);
  const message = missing
    ? `Variable '${missing[1]}' has coerced Null value for NonNull type '${missing[2]}'`
    : invalid
      ? `Variable '${invalid[1]}' has an invalid value. ${error.message}`
      : error.message;
  return { ...validationError(error), message };
}

export function unauthorizedField(typeName: string, fieldName: string, reason: unknown = null): ResolverError {
  return new ResolverError(`Not Authorized to access ${fieldName} on type ${typeName}`, "Unauthorized", null, reason);
}
