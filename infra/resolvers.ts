import { CustomResource, Duration, NestedStack } from "aws-cdk-lib";
import { CfnDataSource, CfnFunctionConfiguration, CfnResolver, type GraphqlApi } from "aws-cdk-lib/aws-appsync";
import type { Table } from "aws-cdk-lib/aws-dynamodb";
import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { Function as LambdaFunction } from "aws-cdk-lib/aws-lambda";
import type { Construct } from "constructs";
import { createHash } from "node:crypto";
import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { ENVIRONMENT } from "../core/environment.ts";
import type { TaskLimits } from "../core/job/task-size.ts";
import { JOBS_BY_OWNER, JOBS_BY_OWNER_STATUS, SAMPLES, SEED_SETS_BY_OWNER, TEMPLATES_BY_OWNER } from "../core/keys.ts";
import { bundleResolver, resolverFile } from "../resolvers/bundle.ts";
import {
  FIELDS,
  STEPS,
  type DataSourceName,
  type FieldResolver,
  type LambdaName,
  type StepName,
} from "../resolvers/manifest.ts";
import { addAdHocFunctions } from "./ad-hoc.ts";
import { addArchiveFunctions } from "./archive.ts";
import type { Builds } from "./build.ts";
import type { Data } from "./data.ts";
import { fleetContext } from "./fleet-limits.ts";
import { modelsForFunctions } from "./models.ts";
import { ProductFunction, type AddFunction } from "./product-function.ts";
import { addSnapshotFunction } from "./snapshots.ts";

const ROOT = join(import.meta.dirname, "..");
const JS_RUNTIME = { name: "APPSYNC_JS", runtimeVersion: "1.0.0" };

interface Props {
  readonly builds: Builds;
  readonly data: Data;
  readonly api: GraphqlApi;
  readonly dispatch: ProductFunction;
}

/** What resolves the schema's fields: data sources, pipeline steps and resolvers, all from resolvers/manifest.ts. */
export class Resolvers extends NestedStack {
  readonly #props: Props;
  readonly #sources = new Map<DataSourceName, CfnDataSource>();
  readonly #steps = new Map<StepName, CfnFunctionConfiguration>();

  constructor(scope: Construct, id: string, props: Props) {
    super(scope, id);
    this.#props = props;
    const { jobs, templates, seedSets } = props.data;
    this.none();
    this.table(
      "jobs",
      jobs,
      ["GetItem", "BatchGetItem", "PutItem", "UpdateItem", "Query"],
      [JOBS_BY_OWNER, JOBS_BY_OWNER_STATUS],
    );
    this.grantConditionCheck("jobs", [templates, seedSets]);
    this.grantPut("jobs", seedSets);
    this.table(
      "templates",
      templates,
      ["GetItem", "BatchGetItem", "PutItem", "UpdateItem", "DeleteItem", "Query"],
      [TEMPLATES_BY_OWNER],
    );
    this.table("seedSets", seedSets, ["GetItem", "PutItem", "UpdateItem", "DeleteItem"], [SEED_SETS_BY_OWNER]);
    this.lambda("dispatch", props.dispatch);
    this.functions();
    for (const [name, { dataSource }] of entriesOf(STEPS)) this.#steps.set(name, this.step(name, dataSource));
    for (const [name, answer] of entriesOf(FIELDS)) this.resolver(name, answer);
    this.samples();
  }

  private none(): void {
    this.#sources.set(
      "none",
      new CfnDataSource(this, "None", { apiId: this.#props.api.apiId, name: "none", type: "NONE" }),
    );
  }

  /** A table's data source, allowed only the operations that its resolvers use. */
  private table(name: DataSourceName, table: Table, operations: readonly string[], indexes: readonly string[]): void {
    const role = this.sourceRole(name);
    const actions = operations.map((operation) => `dynamodb:${operation}`);
    role.addToPolicy(new PolicyStatement({ sid: "Rows", actions, resources: [table.tableArn] }));
    role.addToPolicy(
      new PolicyStatement({
        sid: "Lists",
        actions: ["dynamodb:Query"],
        resources: indexes.map((index) => `${table.tableArn}/index/${index}`),
      }),
    );
    const source = new CfnDataSource(this, `${name}Source`, {
      apiId: this.#props.api.apiId,
      name,
      type: "AMAZON_DYNAMODB",
      serviceRoleArn: role.roleArn,
      dynamoDbConfig: { tableName: table.tableName, awsRegion: this.region },
    });
    source.node.addDependency(role);
    this.#sources.set(name, source);
  }

  /** createJob's transaction writes jobs, and checks that template and seed set still exist and are readable. */
  private grantConditionCheck(name: DataSourceName, tables: readonly Table[]): void {
    const role = this.node.findChild(`${name}SourceRole`) as Role;
    role.addToPolicy(
      new PolicyStatement({
        sid: "CheckInTransaction",
        actions: ["dynamodb:ConditionCheckItem"],
        resources: tables.map((table) => table.tableArn),
      }),
    );
  }

  /** generateSeeds' transaction writes its token to the jobs' table and the seed set to its own. */
  private grantPut(name: DataSourceName, table: Table): void {
    const role = this.node.findChild(`${name}SourceRole`) as Role;
    role.addToPolicy(
      new PolicyStatement({ sid: "PutInTransaction", actions: ["dynamodb:PutItem"], resources: [table.tableArn] }),
    );
  }

  private lambda(name: LambdaName, target: LambdaFunction): void {
    const role = this.sourceRole(name);
    role.addToPolicy(
      new PolicyStatement({ sid: "Invoke", actions: ["lambda:InvokeFunction"], resources: [target.functionArn] }),
    );
    const source = new CfnDataSource(this, `${name}Source`, {
      apiId: this.#props.api.apiId,
      name,
      type: "AWS_LAMBDA",
      serviceRoleArn: role.roleArn,
      lambdaConfig: { lambdaFunctionArn: target.functionArn },
    });
    source.node.addDependency(role);
    this.#sources.set(name, source);
  }

  private sourceRole(name: string): Role {
    return new Role(this, `${name}SourceRole`, { assumedBy: new ServicePrincipal("appsync.amazonaws.com") });
  }

  /** The functions that resolvers invoke, with their permissions. */
  private functions(): void {
    const add: AddFunction = (name, environment) => {
      const added = new ProductFunction(this, name, { builds: this.#props.builds, environment });
      this.lambda(name, added);
      return added;
    };
    this.jobFunctions(add);
    this.templateFunctions(add);
    this.presignFunctions(add);
    this.seedFunctions(add);
    addAdHocFunctions(this, add, this.#props);
    addSnapshotFunction(add, this.#props);
    addArchiveFunctions(this, add, this.#props);
  }

  private jobFunctions(add: AddFunction): void {
    const { jobs, templates, seedSets, bucket } = this.#props.data;
    const { sizes, tasksPerJob } = fleetContext(this);
    const limits: TaskLimits = { sizes, tasksPerJob };
    // Estimating a job reads cost samples, or seeds to render prompts with.
    for (const name of ["checkJob", "estimateJob"] as const) {
      const reader = add(name, {
        ...modelsForFunctions(this),
        ...(name === "checkJob" && { [ENVIRONMENT.taskLimits]: JSON.stringify(limits) }),
        [ENVIRONMENT.jobsTable]: jobs.tableName,
        [ENVIRONMENT.templatesTable]: templates.tableName,
        [ENVIRONMENT.seedSetsTable]: seedSets.tableName,
        [ENVIRONMENT.bucket]: bucket.bucketName,
      });
      reader.allow("ReadRows", ["dynamodb:GetItem"], [templates.tableArn, seedSets.tableArn]);
      reader.allow("ReadSamples", ["dynamodb:GetItem"], [jobs.tableArn], {
        "ForAllValues:StringLike": { "dynamodb:LeadingKeys": ["COSTSAMPLE#*"] },
      });
      reader.allow("ReadSeeds", ["s3:GetObject"], [bucket.arnForObjects("seeds/*")]);
    }
    add("checkExtension", {});
  }

  private templateFunctions(add: AddFunction): void {
    const { templates } = this.#props.data;
    const table = { [ENVIRONMENT.templatesTable]: templates.tableName };
    const models = modelsForFunctions(this);
    const checkTemplate = add("checkTemplate", { ...models, ...table });
    checkTemplate.allow("ReadRows", ["dynamodb:GetItem"], [templates.tableArn]);
    const saveTemplate = add("saveTemplate", { ...models, ...table });
    saveTemplate.allow("Rows", ["dynamodb:GetItem", "dynamodb:PutItem", "dynamodb:UpdateItem"], [templates.tableArn]);
    const purgeTemplate = add("purgeTemplate", table);
    purgeTemplate.allow("Remove", ["dynamodb:BatchWriteItem"], [templates.tableArn]);
  }

  /** A presigned form or address can do whatever its signer may: hence a function and a role for each. */
  private presignFunctions(add: AddFunction): void {
    const { bucket } = this.#props.data;
    const presignUpload = add("presignUpload", { [ENVIRONMENT.bucket]: bucket.bucketName });
    presignUpload.allow("Upload", ["s3:PutObject"], [bucket.arnForObjects("uploads/*")]);
    const presignDownload = add("presignDownload", { [ENVIRONMENT.bucket]: bucket.bucketName });
    presignDownload.allow(
      "Download",
      ["s3:GetObject"],
      [bucket.arnForObjects("datasets/*"), bucket.arnForObjects("snapshots/*")],
    );
  }

  private seedFunctions(add: AddFunction): void {
    const { data, api } = this.#props;
    const { seedSets, templates, bucket } = data;
    const checkSeeds = add("checkSeeds", {
      [ENVIRONMENT.seedSetsTable]: seedSets.tableName,
      [ENVIRONMENT.templatesTable]: templates.tableName,
      [ENVIRONMENT.bucket]: bucket.bucketName,
      [ENVIRONMENT.graphqlUrl]: api.graphqlUrl,
    });
    checkSeeds.allow("Rows", ["dynamodb:GetItem", "dynamodb:UpdateItem"], [seedSets.tableArn]);
    checkSeeds.allow("ReadUploads", ["s3:GetObject", "s3:DeleteObject"], [bucket.arnForObjects("uploads/*")]);
    checkSeeds.allow("Templates", ["dynamodb:GetItem"], [templates.tableArn]);
    checkSeeds.allow("Blocks", ["s3:GetObject", "s3:PutObject", "s3:DeleteObject"], [bucket.arnForObjects("seeds/*")]);
    checkSeeds.allow("Notify", ["appsync:GraphQL"], [`${api.arn}/types/Mutation/fields/reportSeedSet`]);

    const purgeSeeds = add("purgeSeeds", { [ENVIRONMENT.bucket]: bucket.bucketName });
    purgeSeeds.allow("Find", ["s3:ListBucket"], [bucket.bucketArn], {
      StringLike: { "s3:prefix": ["uploads/*", "seeds/*"] },
    });
    purgeSeeds.allow(
      "Remove",
      ["s3:DeleteObject"],
      [bucket.arnForObjects("uploads/*"), bucket.arnForObjects("seeds/*")],
    );
  }

  private step(name: StepName, dataSource: DataSourceName): CfnFunctionConfiguration {
    const source = this.source(dataSource);
    const step = new CfnFunctionConfiguration(this, `${name}Step`, {
      apiId: this.#props.api.apiId,
      name,
      dataSourceName: source.name,
      runtime: JS_RUNTIME,
      code: bundleResolver(resolverFile(`steps/${name}`)),
    });
    step.addResourceDependency(source);
    return step;
  }

  /** Logical ids derive from type and field, so that a resolver is updated in place instead of created twice. */
  private resolver(name: string, definition: FieldResolver): void {
    const [typeName, fieldName] = name.split(".") as [string, string];
    const common = {
      apiId: this.#props.api.apiId,
      typeName,
      fieldName,
      runtime: JS_RUNTIME,
      code: bundleResolver(resolverFile(name)),
    };
    if ("dataSource" in definition) {
      const source = this.source(definition.dataSource);
      new CfnResolver(this, `${typeName}${fieldName}`, {
        ...common,
        kind: "UNIT",
        dataSourceName: source.name,
      }).addResourceDependency(source);
      return;
    }
    const functions = definition.steps.map((step) => this.#steps.get(step)?.attrFunctionId ?? missing(`step ${step}`));
    new CfnResolver(this, `${typeName}${fieldName}`, { ...common, kind: "PIPELINE", pipelineConfig: { functions } });
  }

  private source(name: DataSourceName): CfnDataSource {
    return this.#sources.get(name) ?? missing(`data source ${name}`);
  }

  /** A function loads the samples into the tables on deployment, and again when they change. */
  private samples(): void {
    const { data, builds } = this.#props;
    const load = new ProductFunction(this, "loadSamples", {
      builds,
      environment: {
        ...modelsForFunctions(this),
        [ENVIRONMENT.templatesTable]: data.templates.tableName,
        [ENVIRONMENT.seedSetsTable]: data.seedSets.tableName,
        [ENVIRONMENT.bucket]: data.bucket.bucketName,
      },
    });
    load.allow("Templates", ["dynamodb:GetItem", "dynamodb:PutItem"], [data.templates.tableArn]);
    load.allow("SeedSets", ["dynamodb:PutItem"], [data.seedSets.tableArn]);
    load.allow("WriteBlocks", ["s3:PutObject"], [data.bucket.arnForObjects(`seeds/${SAMPLES}/*`)]);
    const resource = new CustomResource(this, "Samples", {
      resourceType: "Custom::Samples",
      serviceToken: load.functionArn,
      serviceTimeout: Duration.minutes(5),
      properties: { digest: digestOf(join(ROOT, "samples")) },
    });
    resource.node.addDependency(load);
  }
}

function digestOf(folder: string): string {
  const files = readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
  const hash = createHash("sha256");
  for (const file of files) hash.update(readFileSync(file));
  return hash.digest("hex").slice(0, 16);
}

function entriesOf<K extends string, V>(record: Readonly<Record<K, V>>): [K, V][] {
  return Object.entries(record) as [K, V][];
}

function missing(what: string): never {
  throw new Error(`resolvers/manifest.ts names the ${what}, which infra/resolvers.ts does not create.`);
}
