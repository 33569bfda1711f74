import { Duration, RemovalPolicy } from "aws-cdk-lib";
import { PolicyStatement, Role, ServicePrincipal } from "aws-cdk-lib/aws-iam";
import { Architecture, Code, Function as LambdaFunction, Runtime } from "aws-cdk-lib/aws-lambda";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { join } from "node:path";
import { FUNCTIONS, type LambdaName } from "../resolvers/manifest.ts";
import type { Builds } from "./build.ts";

/** A Lambda function with its bundle and its own role, which may only write its own log until granted more. */
export class ProductFunction extends LambdaFunction {
  constructor(
    scope: Construct,
    name: LambdaName,
    props: { builds: Builds; environment: Record<string, string>; id?: string },
  ) {
    const id = name[0]?.toUpperCase() + name.slice(1);
    const { description, timeoutSeconds, memoryMb } = FUNCTIONS[name];
    const logGroup = new LogGroup(scope, `${id}Log`, {
      retention: RetentionDays.ONE_MONTH,
      removalPolicy: RemovalPolicy.DESTROY,
    });
    const role = new Role(scope, `${id}Role`, { assumedBy: new ServicePrincipal("lambda.amazonaws.com"), description });
    super(scope, id, {
      description,
      code: Code.fromAsset(join(props.builds.functions, name)),
      handler: "index.handler",
      runtime: Runtime.NODEJS_24_X,
      architecture: Architecture.ARM_64,
      timeout: Duration.seconds(timeoutSeconds),
      memorySize: memoryMb,
      environment: props.environment,
      role,
      logGroup,
    });
    // Not AWSLambdaBasicExecutionRole, which may write to every log group of the account.
    role.addToPolicy(
      new PolicyStatement({
        sid: "WriteLog",
        actions: ["logs:CreateLogStream", "logs:PutLogEvents"],
        resources: [logGroup.logGroupArn],
      }),
    );
  }

  /** Adds one least-privilege statement to its role. */
  allow(
    sid: string,
    actions: string[],
    resources: string[],
    conditions?: Record<string, Record<string, unknown>>,
  ): void {
    this.addToRolePolicy(new PolicyStatement({ sid, actions, resources, conditions }));
  }
}

/** Creates a function with its environment, and the data source that invokes it. */
export type AddFunction = (name: LambdaName, environment: Record<string, string>) => ProductFunction;
