/** One GraphQL API, assembled once all of its resources exist. */
import type { CloudContext, Resource } from "../service.ts";
import { CognitoTokens } from "./cognito-tokens.ts";
import type { UserPoolConfig } from "./cognito-tokens.ts";
import type { Doors } from "./caller.ts";
import { compileCode } from "./code.ts";
import type { DataSource } from "./data-sources/data-source.ts";
import { makeDataSource } from "./data-sources/make-data-source.ts";
import type { AccessPolicy } from "./field-access.ts";
import type { Resolver, Step } from "./resolver.ts";
import { Sandbox } from "./sandbox.ts";
import type { Handlers } from "./sandbox.ts";
import { directive, objectFields, readSchema } from "./schema.ts";
import type { ApiSchema, AuthMode } from "./schema.ts";

/** "Functions in a pipeline: 10" */
const PIPELINE_LIMIT = 10;

export interface ApiIdentity {
  readonly id: string;
  readonly arn: string;
  /** Path below the service's address: `/graphql`. */
  readonly path: string;
}

interface ResolverParts {
  readonly handlers: Handlers;
  readonly dataSource?: string;
  readonly functionIds: readonly string[];
}

export class Api {
  readonly name: string;
  readonly #dataSources = new Map<string, DataSource>();
  readonly #functions = new Map<string, Step>();
  readonly #parts = new Map<string, ResolverParts>();
  readonly #sandbox: Sandbox;
  #schema: ApiSchema | undefined;
  #resolvers: ReadonlyMap<string, Resolver> | undefined;

  constructor(
    readonly identity: ApiIdentity,
    readonly properties: Resource["properties"],
    readonly context: CloudContext,
  ) {
    this.name = String(properties.Name ?? identity.id);
    this.#sandbox = new Sandbox((line) => context.log(`appsync: ${line}`));
    rejectUnsupportedModes(this.name, this.#modes());
  }

  setSchema(definition: unknown): void {
    if (typeof definition !== "string" || definition.trim() === "") {
      throw new Error(
        `The API "${this.name}" needs its GraphQL schema inline, in Definition; schema files in S3 are not supported.`,
      );
    }
    this.#schema = readSchema(definition);
  }

  addDataSource(properties: Resource["properties"]): void {
    this.#dataSources.set(String(properties.Name), makeDataSource(properties, this.context, this.identity.id));
  }

  addFunction(id: string, properties: Resource["properties"]): void {
    const name = `function ${properties.Name}`;
    const handlers = compileCode(properties, name, this.#sandbox);
    this.#functions.set(id, { handlers, dataSource: this.#dataSourceNamed(properties.DataSourceName, name) });
  }

  addResolver(properties: Resource["properties"]): void {
    const name = `${properties.TypeName}.${properties.FieldName}`;
    const isPipeline = properties.Kind === "PIPELINE";
    if (this.#parts.has(name)) throw new Error(`${name} has two resolvers; a field may have only one.`);
    if (this.#schema) this.#requireField(name);
    const functionIds: string[] = isPipeline ? (properties.PipelineConfig?.Functions ?? []) : [];
    if (functionIds.length > PIPELINE_LIMIT) {
      throw new Error(
        `The resolver ${name} has ${functionIds.length} functions; AppSync allows ${PIPELINE_LIMIT} in a pipeline.`,
      );
    }
    this.#parts.set(name, {
      handlers: compileCode(properties, `resolver ${name}`, this.#sandbox),
      functionIds,
      ...(isPipeline ? {} : { dataSource: String(properties.DataSourceName) }),
    });
  }

  /**
   * Assembles the API, once every resource exists.
   * @throws Error naming a field without resolver, a resolver without field, a missing data source or function
   */
  finish(): void {
    const schema = this.schema;
    for (const name of this.#parts.keys()) this.#requireField(name);
    this.#requireResolvers(schema);
    this.#resolvers = new Map([...this.#parts].map(([name, parts]) => [name, this.#resolver(name, parts)]));
  }

  get isFinished(): boolean {
    return this.#resolvers !== undefined;
  }

  get schema(): ApiSchema {
    if (!this.#schema)
      throw new Error(`The API "${this.name}" has no schema; it needs a resource of type AWS::AppSync::GraphQLSchema.`);
    return this.#schema;
  }

  /** @param name `Query.getOrder` */
  resolver(name: string): Resolver | undefined {
    return this.#resolvers?.get(name);
  }

  get environment(): Record<string, string> {
    return this.properties.EnvironmentVariables ?? {};
  }

  get isIntrospectable(): boolean {
    return this.properties.IntrospectionConfig !== "DISABLED";
  }

  /** 0 means no limit. */
  get queryDepthLimit(): number {
    return Number(this.properties.QueryDepthLimit ?? 0);
  }

  get resolverCountLimit(): number {
    return Number(this.properties.ResolverCountLimit ?? 0) || 10_000;
  }

  get access(): AccessPolicy {
    const { gate, log } = this.context;
    const defaultMode = this.#modes()[0] ?? "AWS_IAM";
    const defaultAction = String(this.properties.UserPoolConfig?.DefaultAction ?? "ALLOW");
    return { defaultMode, defaultAction, apiArn: this.identity.arn, gate, log: (line) => log(`appsync: ${line}`) };
  }

  readonly doors = (): Doors => (this.#doors ??= this.#makeDoors());
  #doors: Doors | undefined;

  close(): void {
    for (const dataSource of this.#dataSources.values()) dataSource.close();
  }

  #makeDoors(): Doors {
    const { gate, accountId, endpoints, clock } = this.context;
    const tokens = new CognitoTokens(
      this.#userPools(),
      () => endpoints["cognito-identity-provider"] ?? "",
      () => clock.now(),
    );
    return { modes: this.#modes(), tokens, gate, accountId, defaultAction: this.access.defaultAction };
  }

  #modes(): AuthMode[] {
    const additional = this.properties.AdditionalAuthenticationProviders ?? [];
    return [
      this.properties.AuthenticationType,
      ...additional.map((each: { AuthenticationType: AuthMode }) => each.AuthenticationType),
    ];
  }

  #userPools(): UserPoolConfig[] {
    const { UserPoolConfig, AdditionalAuthenticationProviders = [] } = this.properties;
    return [UserPoolConfig, ...AdditionalAuthenticationProviders.map((each: any) => each.UserPoolConfig)].filter(
      Boolean,
    );
  }

  #dataSourceNamed(name: unknown, user: string): DataSource {
    const dataSource = this.#dataSources.get(String(name));
    if (dataSource) return dataSource;
    throw new Error(
      `The ${user} of the API "${this.name}" uses the data source "${name}", which the API does not have.`,
    );
  }

  #resolver(name: string, { handlers, dataSource, functionIds }: ResolverParts): Resolver {
    if (dataSource)
      return { kind: "UNIT", handlers, dataSource: this.#dataSourceNamed(dataSource, `resolver ${name}`) };
    const functions = functionIds.map((id) => {
      const step = this.#functions.get(id);
      if (step) return step;
      throw new Error(
        `The resolver ${name} of the API "${this.name}" uses the function "${id}", which the API does not have.`,
      );
    });
    return { kind: "PIPELINE", handlers, functions };
  }

  #requireField(name: string): void {
    const exists = objectFields(this.schema.schema).some(({ type, field }) => `${type.name}.${field.name}` === name);
    if (!exists)
      throw new Error(
        `The resolver ${name} has no field: the schema of the API "${this.name}" does not define ${name}.`,
      );
  }

  #requireResolvers({ schema }: ApiSchema): void {
    const roots = [schema.getQueryType(), schema.getMutationType(), schema.getSubscriptionType()];
    for (const { type, field } of objectFields(schema)) {
      const name = `${type.name}.${field.name}`;
      if (!roots.includes(type) || this.#parts.has(name)) continue;
      if (type === schema.getSubscriptionType() && directive(field, "aws_subscribe")) continue;
      throw new Error(
        `The field ${name} of the API "${this.name}" has no resolver; every field of ${type.name} needs one.`,
      );
    }
  }
}

function rejectUnsupportedModes(name: string, modes: readonly string[]): void {
  const unsupported = modes.find((mode) => mode !== "AWS_IAM" && mode !== "AMAZON_COGNITO_USER_POOLS");
  if (!unsupported) return;
  throw new Error(
    `The API "${name}" authenticates with ${unsupported}; only AWS_IAM and AMAZON_COGNITO_USER_POOLS are supported.`,
  );
}
