import { NestedStack, RemovalPolicy } from "aws-cdk-lib";
import { AuthorizationType, type CfnGraphQLApi, Definition, FieldLogLevel, GraphqlApi, IntrospectionConfig, UserPoolDefaultAction } from "aws-cdk-lib/aws-appsync";
import { ManagedPolicy, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import type { UserPool, UserPoolClient } from "aws-cdk-lib/aws-cognito";
import type { Construct } from "constructs";
import { join } from "node:path";

const SCHEMA = join(import.meta.dirname, "..", "schema.graphql");
/** `listJobs { items { progress { … } } }` is four deep; nobody needs twice that. */
const DEEPEST_QUERY = 8;
/** Fields resolved for one request: a page of a hundred jobs with their progress, and room. */
const MOST_RESOLVERS = 300;

/**
 * The API's door: schema and who may knock. IAM is the default mode, so a field without a directive is closed to people.
 * What answers the fields is attached in resolvers.ts.
 */
export class Api extends NestedStack {
  readonly api: GraphqlApi;
  /** Where subscriptions connect to, `wss://…`. */
  readonly realtimeUrl: string;

  constructor(scope: Construct, id: string, props: { userPool: UserPool; userPoolClient: UserPoolClient }) {
    super(scope, id);
    this.api = new GraphqlApi(this, "Api", {
      name: "PlotPalette",
      definition: Definition.fromFile(SCHEMA),
      authorizationConfig: {
        defaultAuthorization: { authorizationType: AuthorizationType.IAM },
        additionalAuthorizationModes: [
          {
            authorizationType: AuthorizationType.USER_POOL,
            userPoolConfig: {
              userPool: props.userPool,
              appIdClientRegex: props.userPoolClient.userPoolClientId,
              defaultAction: UserPoolDefaultAction.ALLOW,
            },
          },
        ],
      },
      introspectionConfig: IntrospectionConfig.DISABLED,
      queryDepthLimit: DEEPEST_QUERY,
      resolverCountLimit: MOST_RESOLVERS,
      logConfig: {
        fieldLogLevel: FieldLogLevel.ERROR,
        // Otherwise arguments, and with them people's prompts, would be logged.
        excludeVerboseContent: true,
        role: this.logRole(),
      },
    });
    this.api.applyRemovalPolicy(RemovalPolicy.DESTROY);
    this.realtimeUrl = (this.api.node.findChild("Resource") as CfnGraphQLApi).attrRealtimeUrl;
  }

  private logRole(): Role {
    return new Role(this, "LogRole", {
      assumedBy: new ServicePrincipal("appsync.amazonaws.com"),
      managedPolicies: [ManagedPolicy.fromAwsManagedPolicyName("service-role/AWSAppSyncPushToCloudWatchLogs")],
    });
  }
}
