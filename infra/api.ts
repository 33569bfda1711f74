import { NestedStack, RemovalPolicy } from "aws-cdk-lib";
import {
  AuthorizationType,
  type CfnGraphQLApi,
  Definition,
  FieldLogLevel,
  GraphqlApi,
  IntrospectionConfig,
  UserPoolDefaultAction,
} from "aws-cdk-lib/aws-appsync";
import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { join } from "node:path";
import { ENVIRONMENT } from "../core/environment.ts";
import type { Auth } from "./auth.ts";
import type { Data } from "./data.ts";
import { modelsForApi } from "./models.ts";

const SCHEMA = join(import.meta.dirname, "..", "schema.graphql");
/** `listJobs { items { progress { … } } }` is four levels deep; no query needs twice that. */
const MAX_QUERY_DEPTH = 8;
/** Per request: enough for a page of 100 jobs with their progress, and some slack. */
const MAX_RESOLVERS = 300;

/**
 * The API: schema and authorization. IAM is the default mode, so a field without a directive is not accessible to people.
 * resolvers.ts attaches what resolves the fields.
 */
export class Api extends NestedStack {
  readonly api: GraphqlApi;
  /** The address for subscriptions, `wss://…`. */
  readonly realtimeUrl: string;

  constructor(scope: Construct, id: string, props: { data: Data; auth: Auth }) {
    super(scope, id);
    const { data, auth } = props;
    this.api = new GraphqlApi(this, "Api", {
      name: "PlotPalette",
      definition: Definition.fromFile(SCHEMA),
      authorizationConfig: {
        defaultAuthorization: { authorizationType: AuthorizationType.IAM },
        additionalAuthorizationModes: [
          {
            authorizationType: AuthorizationType.USER_POOL,
            userPoolConfig: {
              userPool: auth.userPool,
              appIdClientRegex: auth.userPoolClient.userPoolClientId,
              defaultAction: UserPoolDefaultAction.ALLOW,
            },
          },
        ],
      },
      // For transactions, which name their tables; everything else uses the data source's table.
      environmentVariables: {
        [ENVIRONMENT.jobsTable]: data.jobs.tableName,
        [ENVIRONMENT.templatesTable]: data.templates.tableName,
        [ENVIRONMENT.seedSetsTable]: data.seedSets.tableName,
        [ENVIRONMENT.region]: this.region,
        ...modelsForApi(this),
      },
      introspectionConfig: IntrospectionConfig.DISABLED,
      queryDepthLimit: MAX_QUERY_DEPTH,
      resolverCountLimit: MAX_RESOLVERS,
    });
    const api = this.api.node.findChild("Resource") as CfnGraphQLApi;
    this.realtimeUrl = api.attrRealtimeUrl;
    this.log(api);
  }

  /** The CDK's `logConfig` would set the retention with a function that may change every log group of the account. */
  private log(api: CfnGraphQLApi): void {
    const logGroup = new LogGroup(this, "Log", {
      logGroupName: `/aws/appsync/apis/${api.attrApiId}`,
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(this, "LogRole", { assumedBy: new ServicePrincipal("appsync.amazonaws.com") });
    role.addToPolicy(
      new PolicyStatement({
        sid: "WriteLog",
        actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
        // Not only this API's group: its name contains the API's id, and the API depends on this role.
        resources: [`arn:${this.partition}:logs:${this.region}:${this.account}:log-group:/aws/appsync/apis/*`],
      }),
    );
    api.logConfig = {
      fieldLogLevel: FieldLogLevel.ERROR,
      cloudWatchLogsRoleArn: role.roleArn,
      // Otherwise arguments would be logged, and people's prompts with them.
      excludeVerboseContent: true,
    };
    logGroup.node.addDependency(role);
  }
}
