/** Executes GraphQL for one API: parse, validate, resolve, and respond in AppSync's form. */
import {
  defaultFieldResolver,
  execute,
  getOperationAST,
  GraphQLError,
  NoSchemaIntrospectionCustomRule,
  parse,
  specifiedRules,
  validate,
} from "graphql";
import { getVariableValues } from "graphql/execution/values.js";
import type {
  DocumentNode,
  ExecutionResult,
  GraphQLField,
  GraphQLObjectType,
  GraphQLResolveInfo,
  OperationDefinitionNode,
} from "graphql";
import type { Api } from "./api.ts";
import { answerError, RequestError, ResolverError, validationError, variableError } from "./errors.ts";
import type { AnswerError } from "./errors.ts";
import { deniedByPolicy, deniedField } from "./field-access.ts";
import type { Operation } from "./operation.ts";
import { rootFields, shapeOf } from "./operation-shape.ts";
import { runResolver } from "./resolver.ts";
import { objectFields } from "./schema.ts";
import { selectData, selectionOf } from "./selection.ts";
import type { Selection } from "./selection.ts";

/** "Query length: 15,000 tokens" */
const TOKEN_LIMIT = 15_000;
/** Without fragments, a query of that length cannot select more fields. */
const FIELD_LIMIT = 15_000;

export interface GraphQLRequest {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
  readonly operationName?: string;
}

export interface Answer {
  readonly data: unknown;
  readonly errors?: readonly AnswerError[];
}

/** An operation that may be executed. */
export interface PreparedOperation {
  readonly document: DocumentNode;
  readonly operation: OperationDefinitionNode;
  /** Coerced. */
  readonly variables: Readonly<Record<string, unknown>>;
}

/** @throws RequestError 400 when the body is not a GraphQL request */
export function readRequest(body: string): GraphQLRequest {
  let value: any;
  try {
    value = JSON.parse(body);
  } catch {
    throw new RequestError(400, "MalformedHttpRequestException", "Request body is not valid JSON.");
  }
  if (typeof value?.query !== "string") {
    throw new RequestError(400, "MalformedHttpRequestException", "Unable to parse GraphQL query.");
  }
  const { query, variables = null, operationName = null } = value;
  if (typeof variables !== "object" || Array.isArray(variables)) {
    throw new RequestError(400, "MalformedHttpRequestException", "The variables of a GraphQL query must be an object.");
  }
  if (operationName !== null && typeof operationName !== "string") {
    throw new RequestError(
      400,
      "MalformedHttpRequestException",
      "The operationName of a GraphQL query must be a string.",
    );
  }
  return { query, variables: variables ?? {}, operationName: operationName ?? undefined };
}

/** Attaches a resolver to each field of the schema; once per API. */
export function attachResolvers(api: Api): void {
  for (const { type, field } of objectFields(api.schema.schema)) {
    field.resolve = (source, args, context, info) =>
      // Every execution below passes its operation as the context.
      resolveField(api, { type, field, source, args, operation: context as Operation, info });
  }
}

/**
 * Parses and validates.
 * @returns the errors to respond with when the request cannot be executed
 */
export function prepare(
  api: Api,
  { query, variables, operationName }: GraphQLRequest,
): PreparedOperation | readonly AnswerError[] {
  const { schema } = api.schema;
  let document: DocumentNode;
  try {
    document = parse(query, { maxTokens: TOKEN_LIMIT });
  } catch (error) {
    return [
      {
        ...validationError(error as GraphQLError),
        message: `Validation error of type InvalidSyntax: ${(error as Error).message}`,
      },
    ];
  }
  const rules = api.isIntrospectable ? specifiedRules : [...specifiedRules, NoSchemaIntrospectionCustomRule];
  const problems = validate(schema, document, rules);
  if (problems.length > 0) return problems.map(validationError);
  const operation = getOperationAST(document, operationName);
  if (!operation) return [validationError(new GraphQLError(`Unknown operation named '${operationName ?? ""}'.`))];
  const { depth, fields } = shapeOf(document, operation);
  if (fields > FIELD_LIMIT) {
    const message = `maximum query complexity exceeded: the query selects more than ${FIELD_LIMIT} fields with its fragments expanded`;
    return [{ ...validationError(new GraphQLError(message)), errorType: "ExecutionAborted", message }];
  }
  if (api.queryDepthLimit > 0 && depth > api.queryDepthLimit) {
    const message = `The query is ${depth} levels deep; the API allows ${api.queryDepthLimit}.`;
    return [{ ...validationError(new GraphQLError(message)), errorType: "MaxQueryDepthReached", message }];
  }
  const coerced = getVariableValues(schema, operation.variableDefinitions ?? [], variables);
  return coerced.errors ? coerced.errors.map(variableError) : { document, operation, variables: coerced.coerced };
}

export function isPrepared(value: PreparedOperation | readonly AnswerError[]): value is PreparedOperation {
  return "document" in value;
}

/** Executes a query or mutation. */
export async function executeOperation(
  api: Api,
  request: GraphQLRequest,
  prepared: PreparedOperation,
  operation: Operation,
): Promise<Answer> {
  return answerOf(await runExecution(api, prepared, request.variables, operation), api, operation);
}

/** What a subscriber receives for a value that a mutation returned: its own selection of it. */
export function selectDelivered(
  api: Api,
  prepared: PreparedOperation,
  variables: GraphQLRequest["variables"],
  operation: Operation,
): Answer {
  // No resolver runs, so nothing is awaited and the order of mutations is kept.
  const result = runExecution(api, prepared, variables, operation);
  if (result instanceof Promise) throw new Error("A delivered value was not resolved at once");
  return answerOf(result as ExecutionResult, api, operation);
}

function runExecution(
  api: Api,
  { document, operation: { name } }: PreparedOperation,
  variableValues: GraphQLRequest["variables"],
  operation: Operation,
) {
  return execute({
    schema: api.schema.schema,
    document,
    contextValue: operation,
    rootValue: {},
    variableValues,
    operationName: name?.value,
  });
}

function answerOf({ data, errors = [] }: ExecutionResult, api: Api, operation: Operation): Answer {
  const all = [...errors.map((error) => answerError(error, api.schema.schema)), ...operation.errors];
  return { data: data ?? null, ...(all.length > 0 && { errors: all }) };
}

/** The top-level fields of an operation by response name. */
export function answeredFields({ document, operation }: PreparedOperation): Map<string, string> {
  return new Map(
    rootFields(document, operation).map((node) => [node.alias?.value ?? node.name.value, node.name.value]),
  );
}

interface FieldRequest {
  readonly type: GraphQLObjectType;
  readonly field: GraphQLField<unknown, unknown>;
  readonly source: unknown;
  readonly args: Record<string, unknown>;
  readonly operation: Operation;
  readonly info: GraphQLResolveInfo;
}

function resolveField(api: Api, request: FieldRequest): unknown {
  const { type, field, source, args, operation, info } = request;
  const isRoot = info.path.prev === undefined;
  const denied = deniedField(type.name, field.name, api.schema.accessRules(type, field), operation.caller, api.access);
  if (denied) throw denied;
  if (operation.delivered !== undefined)
    return isRoot ? operation.delivered : defaultFieldResolver(source, args, operation, info);
  const forbidden = isRoot ? deniedByPolicy(type.name, field.name, operation.caller, api.access) : undefined;
  if (forbidden) throw forbidden;
  if (!api.resolver(`${type.name}.${field.name}`)) return defaultFieldResolver(source, args, operation, info);
  return callResolver(api, {
    typeName: type.name,
    fieldName: field.name,
    source: isRoot ? null : source,
    args,
    operation,
    selection: selectionOf(info),
    placed: (error) =>
      new GraphQLError(error.message, { nodes: info.fieldNodes, path: pathOf(info), originalError: error }),
  });
}

export interface ResolverCall {
  readonly typeName: string;
  readonly fieldName: string;
  readonly source: unknown;
  readonly args: Readonly<Record<string, unknown>>;
  readonly operation: Operation;
  readonly selection: Selection;
  /** The error with its location in the query. */
  readonly placed: (error: ResolverError) => GraphQLError;
}

/** @throws ResolverError that the resolver raised, its data reduced to the selection */
export async function callResolver(api: Api, call: ResolverCall): Promise<unknown> {
  const { typeName, fieldName, operation, selection } = call;
  const resolver = api.resolver(`${typeName}.${fieldName}`);
  if (!resolver) return null;
  if (++operation.resolverCount > api.resolverCountLimit) {
    throw new ResolverError(
      `The request runs more than ${api.resolverCountLimit} resolvers.`,
      "ResolverInvocationLimitReached",
    );
  }
  const selected = (error: ResolverError) =>
    new ResolverError(
      error.message,
      error.errorType,
      selectData(error.data, selection.selectionSetList),
      error.errorInfo,
    );
  const appendError = (error: ResolverError) =>
    operation.errors.push(answerError(call.placed(selected(error)), api.schema.schema));
  try {
    return await runResolver(resolver, {
      context: {
        arguments: call.args,
        identity: operation.caller.identity,
        source: call.source,
        request: { headers: operation.headers, domainName: null },
        info: { fieldName, parentTypeName: typeName, variables: operation.variables, ...selection },
        env: api.environment,
      },
      effects: operation.effects(typeName, fieldName, (error) => void appendError(error)),
      signal: operation.signal,
    });
  } catch (error) {
    throw error instanceof ResolverError ? selected(error) : error;
  }
}

function pathOf(info: GraphQLResolveInfo): (string | number)[] {
  const path: (string | number)[] = [];
  for (let step: GraphQLResolveInfo["path"] | undefined = info.path; step; step = step.prev) path.unshift(step.key);
  return path;
}
