import { Duration, NestedStack, RemovalPolicy } from "aws-cdk-lib";
import type { GraphqlApi } from "aws-cdk-lib/aws-appsync";
import { DockerImageAsset, Platform } from "aws-cdk-lib/aws-ecr-assets";
import {
  Cluster,
  ContainerImage,
  ContainerInsights,
  CpuArchitecture,
  FargateTaskDefinition,
  LogDrivers,
  OperatingSystemFamily,
} from "aws-cdk-lib/aws-ecs";
import { Rule, RuleTargetInput, Schedule } from "aws-cdk-lib/aws-events";
import { LambdaFunction as FunctionTarget } from "aws-cdk-lib/aws-events-targets";
import { ArnPrincipal, PolicyStatement, Role, SessionTagsPrincipal } from "aws-cdk-lib/aws-iam";
import { LogGroup, RetentionDays } from "aws-cdk-lib/aws-logs";
import type { Construct } from "constructs";
import { ENVIRONMENT } from "../core/environment.ts";
import { JOBS_OPEN } from "../core/keys.ts";
import { TASK_SIZES, DEFAULT_TASK_SIZE } from "../core/job/task-size.ts";
import type { Builds } from "./build.ts";
import type { Data } from "./data.ts";
import { callModels, limitsForWorker } from "./models.ts";
import type { Network } from "./network.ts";
import { ProductFunction } from "./product-function.ts";

const CONTAINER = "worker";
const SCRATCH = "scratch";
const MAX_TASKS_PER_OWNER = 4;
const MAX_TASKS = 50;
/** Fargate's most: Spot warns two minutes ahead. */
const STOP_TIMEOUT = Duration.seconds(120);

interface Props {
  readonly builds: Builds;
  readonly network: Network;
  readonly data: Data;
  readonly api: GraphqlApi;
}

/** The workers, and the dispatcher that starts them. */
export class Compute extends NestedStack {
  readonly dispatch: ProductFunction;

  constructor(scope: Construct, id: string, props: Props) {
    super(scope, id);
    const cluster = new Cluster(this, "Cluster", {
      vpc: props.network.vpc,
      enableFargateCapacityProviders: true,
      containerInsightsV2: ContainerInsights.ENABLED,
    });
    const task = this.task(props);
    this.dispatch = this.dispatcher(props, cluster, task);
    this.wakeDispatcher(cluster);
  }

  private task({ builds, data, api }: Props): FargateTaskDefinition {
    const task = new FargateTaskDefinition(this, "Worker", {
      // The dispatcher overrides these, with calls in flight and Node's heap, by the size that a job asks for.
      cpu: TASK_SIZES[DEFAULT_TASK_SIZE].cpu,
      memoryLimitMiB: TASK_SIZES[DEFAULT_TASK_SIZE].memoryMb,
      runtimePlatform: { cpuArchitecture: CpuArchitecture.ARM64, operatingSystemFamily: OperatingSystemFamily.LINUX },
    });
    // Node puts partitions of datasets together there; Fargate gives 20 GB.
    task.addVolume({ name: SCRATCH });
    const jobRole = this.jobRole(task, data, api);
    const image = new DockerImageAsset(this, "WorkerImage", {
      directory: builds.worker,
      platform: Platform.LINUX_ARM64,
    });
    const container = task.addContainer(CONTAINER, {
      image: ContainerImage.fromDockerImageAsset(image),
      readonlyRootFilesystem: true,
      stopTimeout: STOP_TIMEOUT,
      logging: LogDrivers.awsLogs({
        streamPrefix: CONTAINER,
        logGroup: new LogGroup(this, "WorkerLog", {
          retention: RetentionDays.ONE_MONTH,
          removalPolicy: RemovalPolicy.DESTROY,
        }),
      }),
      environment: {
        [ENVIRONMENT.jobsTable]: data.jobs.tableName,
        [ENVIRONMENT.bucket]: data.bucket.bucketName,
        [ENVIRONMENT.graphqlUrl]: api.graphqlUrl,
        [ENVIRONMENT.jobRole]: jobRole.roleArn,
        ...limitsForWorker(this),
      },
    });
    container.addMountPoints({ containerPath: "/tmp", sourceVolume: SCRATCH, readOnly: false });
    return task;
  }

  /**
   * What a worker may do, narrowed to one job by the tags of its session. The task's own role can only take this role. It
   * chooses the tags itself, so this is a fence against our own errors; against templates there is the sandbox.
   */
  private jobRole(task: FargateTaskDefinition, data: Data, api: GraphqlApi): Role {
    const tag = (name: string) => `\${aws:PrincipalTag/${name}}`;
    const role = new Role(this, "JobRole", {
      description: "A worker at one job, narrowed by the session tags owner, job, budget and seedOwner",
      assumedBy: new SessionTagsPrincipal(new ArnPrincipal(task.taskRole.roleArn)),
    });
    task.addToTaskRolePolicy(
      new PolicyStatement({
        sid: "BecomeJob",
        actions: ["sts:AssumeRole", "sts:TagSession"],
        resources: [role.roleArn],
      }),
    );
    const may = (
      sid: string,
      actions: string[],
      resources: string[],
      conditions?: Record<string, Record<string, unknown>>,
    ) => role.addToPolicy(new PolicyStatement({ sid, actions, resources, conditions }));
    may(
      "JobRows",
      [
        "dynamodb:GetItem",
        "dynamodb:BatchGetItem",
        "dynamodb:PutItem",
        "dynamodb:UpdateItem",
        "dynamodb:ConditionCheckItem",
      ],
      [data.jobs.tableArn],
      {
        "ForAllValues:StringLike": {
          "dynamodb:LeadingKeys": [`JOB#${tag("job")}`, `SHARD#${tag("job")}#*`, `BUDGET#${tag("budget")}`],
        },
      },
    );
    may("ReadSeeds", ["s3:GetObject"], [data.bucket.arnForObjects(`seeds/${tag("seedOwner")}/*`)]);
    const parts = data.bucket.arnForObjects(`parts/${tag("job")}/*`);
    // A job that goes on after its end finds its parts folded into its dataset.
    may("ReadParts", ["s3:GetObject"], [parts, data.bucket.arnForObjects(`datasets/${tag("job")}/*`)]);
    may("WriteParts", ["s3:PutObject"], [parts]);
    may(
      "WriteDatasets",
      ["s3:PutObject", "s3:AbortMultipartUpload"],
      [data.bucket.arnForObjects(`datasets/${tag("job")}/*`)],
    );
    role.addToPolicy(callModels(this));
    may("Report", ["appsync:GraphQL"], [`${api.arn}/types/Mutation/fields/reportProgress`]);
    return role;
  }

  private dispatcher(
    { builds, network, data, api }: Props,
    cluster: Cluster,
    task: FargateTaskDefinition,
  ): ProductFunction {
    const dispatch = new ProductFunction(this, "dispatch", {
      builds,
      environment: {
        [ENVIRONMENT.jobsTable]: data.jobs.tableName,
        [ENVIRONMENT.fleetTable]: data.fleet.tableName,
        [ENVIRONMENT.bucket]: data.bucket.bucketName,
        [ENVIRONMENT.graphqlUrl]: api.graphqlUrl,
        [ENVIRONMENT.cluster]: cluster.clusterArn,
        [ENVIRONMENT.taskDefinition]: task.taskDefinitionArn,
        [ENVIRONMENT.containerName]: CONTAINER,
        [ENVIRONMENT.subnets]: network.vpc.publicSubnets.map((subnet) => subnet.subnetId).join(","),
        [ENVIRONMENT.securityGroup]: network.taskSecurityGroup.securityGroupId,
        [ENVIRONMENT.maxTasksPerOwner]: String(MAX_TASKS_PER_OWNER),
        [ENVIRONMENT.maxTasks]: String(MAX_TASKS),
      },
    });
    const inCluster = { ArnEquals: { "ecs:cluster": cluster.clusterArn } };
    const tasks = this.formatArn({ service: "ecs", resource: "task", resourceName: `${cluster.clusterName}/*` });
    dispatch.may("FindOpenJobs", ["dynamodb:Query"], [`${data.jobs.tableArn}/index/${JOBS_OPEN}`]);
    dispatch.may(
      "JobRows",
      ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"],
      [data.jobs.tableArn],
    );
    dispatch.may(
      "Slots",
      ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"],
      [data.fleet.tableArn],
    );
    dispatch.may("StartTasks", ["ecs:RunTask"], [task.taskDefinitionArn], inCluster);
    dispatch.may("TagTasks", ["ecs:TagResource"], [tasks], { StringEquals: { "ecs:CreateAction": "RunTask" } });
    dispatch.may("SeeTasks", ["ecs:DescribeTasks"], [tasks], inCluster);
    dispatch.may("PassRoles", ["iam:PassRole"], [task.taskRole.roleArn, task.obtainExecutionRole().roleArn], {
      StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" },
    });
    dispatch.may("FindPurged", ["s3:ListBucket"], [data.bucket.bucketArn], {
      StringLike: { "s3:prefix": ["parts/*", "datasets/*", "snapshots/*"] },
    });
    dispatch.may(
      "Purge",
      ["s3:DeleteObject"],
      ["parts/*", "datasets/*", "snapshots/*"].map((objects) => data.bucket.arnForObjects(objects)),
    );
    dispatch.may("Report", ["appsync:GraphQL"], [`${api.arn}/types/Mutation/fields/reportProgress`]);
    return dispatch;
  }

  /** Task events free slots at once; the sweep each minute makes up for every event that was lost. */
  private wakeDispatcher(cluster: Cluster): void {
    new Rule(this, "TaskStopped", {
      description: "A worker's task has stopped, or its Spot capacity is about to be taken",
      eventPattern: {
        source: ["aws.ecs"],
        detailType: ["ECS Task State Change"],
        detail: { clusterArn: [cluster.clusterArn], desiredStatus: ["STOPPED"] },
      },
      targets: [new FunctionTarget(this.dispatch, { retryAttempts: 3 })],
    });
    new Rule(this, "Sweep", {
      description: "Makes up for lost events",
      schedule: Schedule.rate(Duration.minutes(1)),
      targets: [
        new FunctionTarget(this.dispatch, { event: RuleTargetInput.fromObject({ kind: "sweep" }), retryAttempts: 0 }),
      ],
    });
  }
}
