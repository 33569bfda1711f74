/** A GraphQL schema as AppSync reads it: with AppSync's scalars and directives, and the rules the directives express. */
import { buildASTSchema, isObjectType, isScalarType, parse, validateSchema, Kind } from "graphql";
import type {
  ConstDirectiveNode,
  ConstValueNode,
  DefinitionNode,
  GraphQLField,
  GraphQLObjectType,
  GraphQLSchema,
} from "graphql";
import { SCALARS } from "./scalars.ts";

/** Ways to authenticate that directives name. */
export type AuthMode = "API_KEY" | "AWS_IAM" | "AMAZON_COGNITO_USER_POOLS" | "OPENID_CONNECT" | "AWS_LAMBDA";

/** One directive that admits callers. */
export interface AccessRule {
  readonly mode: AuthMode;
  /** Groups of a user pool; the caller must be in one of them. */
  readonly groups?: readonly string[];
}

export interface ApiSchema {
  readonly schema: GraphQLSchema;
  /** The directives of a field, else of its type; empty where only the API's default mode is admitted. */
  accessRules(type: GraphQLObjectType, field: GraphQLField<unknown, unknown>): readonly AccessRule[];
  /** The subscription fields that a mutation field triggers. */
  subscriptionsOf(mutationField: string): readonly string[];
}

/** @throws Error naming what is wrong */
export function readSchema(definition: string): ApiSchema {
  const schema = build(definition);
  const problem = validateSchema(schema)[0];
  if (problem) throw new Error(`The GraphQL schema is not valid: ${problem.message}`);
  refuseOwnScalars(schema);
  const subscriptions = subscriptionsByMutation(schema);
  return {
    schema,
    accessRules: (type, field) => {
      const ofField = rulesOf(field.astNode?.directives);
      return ofField.length > 0 ? ofField : rulesOf(type.astNode?.directives);
    },
    subscriptionsOf: (field) => subscriptions.get(field) ?? [],
  };
}

const BUILT_IN = `
  directive @aws_subscribe(mutations: [String!]!) on FIELD_DEFINITION
  directive @aws_auth(cognito_groups: [String!]!) on FIELD_DEFINITION | OBJECT
  directive @aws_api_key on FIELD_DEFINITION | OBJECT
  directive @aws_iam on FIELD_DEFINITION | OBJECT
  directive @aws_oidc on FIELD_DEFINITION | OBJECT
  directive @aws_lambda on FIELD_DEFINITION | OBJECT
  directive @aws_cognito_user_pools(cognito_groups: [String!]) on FIELD_DEFINITION | OBJECT
  ${SCALARS.map(({ name }) => `scalar ${name}`).join("\n")}
`;

function build(definition: string): GraphQLSchema {
  try {
    const builtIn = parse(BUILT_IN).definitions;
    const names = new Set(builtIn.map(nameOf));
    // Editors need these definitions in the file; AppSync provides its own.
    const own = parse(definition).definitions.filter((each) => !names.has(nameOf(each)));
    const schema = buildASTSchema({ kind: Kind.DOCUMENT, definitions: [...builtIn, ...own] });
    for (const { name, parseValue, parseLiteral, serialize } of SCALARS) {
      const type = schema.getType(name);
      if (isScalarType(type)) Object.assign(type, { parseValue, parseLiteral, serialize });
    }
    return schema;
  } catch (error) {
    throw new Error(`The GraphQL schema cannot be read: ${(error as Error).message}`, { cause: error });
  }
}

function nameOf(definition: DefinitionNode): string {
  return "name" in definition && definition.name ? `${definition.kind} ${definition.name.value}` : "";
}

function refuseOwnScalars(schema: GraphQLSchema): void {
  const known = new Set(["ID", "String", "Int", "Float", "Boolean", ...SCALARS.map(({ name }) => name)]);
  const own = Object.values(schema.getTypeMap()).find((type) => isScalarType(type) && !known.has(type.name));
  if (own)
    throw new Error(
      `The GraphQL schema defines the scalar ${own.name}; AppSync allows only its own (${[...known].join(", ")})`,
    );
}

/** Which mutations trigger which subscriptions; both must exist and return the same type. */
function subscriptionsByMutation(schema: GraphQLSchema): Map<string, string[]> {
  const mutations = schema.getMutationType()?.getFields() ?? {};
  const found = new Map<string, string[]>();
  for (const field of Object.values(schema.getSubscriptionType()?.getFields() ?? {})) {
    for (const name of listArgument(directive(field, "aws_subscribe"), "mutations") ?? []) {
      const mutation = mutations[name];
      if (!mutation)
        throw new Error(
          `Subscription.${field.name} subscribes to the mutation "${name}", which the schema does not have`,
        );
      if (nullable(String(mutation.type)) !== nullable(String(field.type))) {
        throw new Error(
          `Subscription.${field.name} returns ${field.type}, but its mutation ${name} returns ${mutation.type}; AppSync requires the same type`,
        );
      }
      found.set(name, [...(found.get(name) ?? []), field.name]);
    }
  }
  return found;
}

function nullable(type: string): string {
  return type.replace(/!$/, "");
}

const MODES: Readonly<Record<string, AuthMode>> = {
  aws_api_key: "API_KEY",
  aws_iam: "AWS_IAM",
  aws_cognito_user_pools: "AMAZON_COGNITO_USER_POOLS",
  aws_auth: "AMAZON_COGNITO_USER_POOLS",
  aws_oidc: "OPENID_CONNECT",
  aws_lambda: "AWS_LAMBDA",
};

function rulesOf(directives: readonly ConstDirectiveNode[] = []): AccessRule[] {
  return directives.flatMap((each) => {
    const mode = MODES[each.name.value];
    return mode ? [{ mode, groups: listArgument(each, "cognito_groups") }] : [];
  });
}

export function directive(field: GraphQLField<unknown, unknown>, name: string): ConstDirectiveNode | undefined {
  return field.astNode?.directives?.find((each) => each.name.value === name);
}

function listArgument(node: ConstDirectiveNode | undefined, name: string): string[] | undefined {
  const value = node?.arguments?.find((each) => each.name.value === name)?.value;
  return value && textsOf(value);
}

function textsOf(value: ConstValueNode): string[] {
  if (value.kind === Kind.LIST) return value.values.flatMap(textsOf);
  return value.kind === Kind.STRING ? [value.value] : [];
}

/** Every field of every object type of the API itself. */
export function objectFields(
  schema: GraphQLSchema,
): { type: GraphQLObjectType; field: GraphQLField<unknown, unknown> }[] {
  return Object.values(schema.getTypeMap())
    .filter((type) => isObjectType(type))
    .filter((type) => !type.name.startsWith("__"))
    .flatMap((type) => Object.values(type.getFields()).map((field) => ({ type, field })));
}
