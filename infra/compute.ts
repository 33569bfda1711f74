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
import { JOBS_QUEUE, OWNERS_WAITING } from "../core/keys.ts";
import { DEFAULT_TASK_SIZE } from "../core/job/task-size.ts";
import type { Builds } from "./build.ts";
import type { Data } from "./data.ts";
import { fleetContext } from "./fleet-limits.ts";
import { invokeModels, limitsForWorker } from "./models.ts";
import type { Network } from "./network.ts";
import { ProductFunction } from "./product-function.ts";

const CONTAINER = "worker";
const SCRATCH = "scratch";
/** Fargate's maximum: Spot gives two minutes' notice. */
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
    this.triggerDispatcher(cluster);
  }

  private task({ builds, data, api }: Props): FargateTaskDefinition {
    const { cpu, memoryMb } = fleetContext(this).sizes[DEFAULT_TASK_SIZE];
    const task = new FargateTaskDefinition(this, "Worker", {
      // The dispatcher overrides these, and sets concurrency and Node's heap, according to the job's tasks.
      cpu,
      memoryLimitMiB: memoryMb,
      runtimePlatform: { cpuArchitecture: CpuArchitecture.ARM64, operatingSystemFamily: OperatingSystemFamily.LINUX },
    });
    // The worker assembles partitioned datasets there; Fargate provides 20 GB.
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
   * What a worker may do, restricted to one job by session tags. The task's own role can only assume this role. The task
   * chooses the tags itself, so this guards against our own bugs; the sandbox guards against templates.
   */
  private jobRole(task: FargateTaskDefinition, data: Data, api: GraphqlApi): Role {
    const tag = (name: string) => `\${aws:PrincipalTag/${name}}`;
    const role = new Role(this, "JobRole", {
      description: "A worker on one job, restricted by the session tags owner, job, budget and seedOwner",
      assumedBy: new SessionTagsPrincipal(new ArnPrincipal(task.taskRole.roleArn)),
    });
    task.addToTaskRolePolicy(
      new PolicyStatement({
        sid: "AssumeJobRole",
        actions: ["sts:AssumeRole", "sts:TagSession"],
        resources: [role.roleArn],
      }),
    );
    const allow = (
      sid: string,
      actions: string[],
      resources: string[],
      conditions?: Record<string, Record<string, unknown>>,
    ) => role.addToPolicy(new PolicyStatement({ sid, actions, resources, conditions }));
    allow(
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
    allow("ReadSeeds", ["s3:GetObject"], [data.bucket.arnForObjects(`seeds/${tag("seedOwner")}/*`)]);
    const parts = data.bucket.arnForObjects(`parts/${tag("job")}/*`);
    // A job resumed after its end has its parts compacted into its dataset.
    allow("ReadParts", ["s3:GetObject"], [parts, data.bucket.arnForObjects(`datasets/${tag("job")}/*`)]);
    allow("WriteParts", ["s3:PutObject"], [parts]);
    allow(
      "WriteDatasets",
      ["s3:PutObject", "s3:AbortMultipartUpload"],
      [data.bucket.arnForObjects(`datasets/${tag("job")}/*`)],
    );
    role.addToPolicy(invokeModels(this));
    allow("Report", ["appsync:GraphQL"], [`${api.arn}/types/Mutation/fields/reportProgress`]);
    return role;
  }

  private dispatcher(
    { builds, network, data, api }: Props,
    cluster: Cluster,
    task: FargateTaskDefinition,
  ): ProductFunction {
    const { tasksPerOwner, tasksOverall } = fleetContext(this);
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
        [ENVIRONMENT.maxTasksPerOwner]: String(tasksPerOwner),
        [ENVIRONMENT.maxTasks]: String(tasksOverall),
      },
    });
    const inCluster = { ArnEquals: { "ecs:cluster": cluster.clusterArn } };
    const tasks = this.formatArn({ service: "ecs", resource: "task", resourceName: `${cluster.clusterName}/*` });
    // The sweep scans the queue piece by piece, to check it.
    dispatch.allow("FindJobs", ["dynamodb:Query", "dynamodb:Scan"], [`${data.jobs.tableArn}/index/${JOBS_QUEUE}`]);
    dispatch.allow("FindOwners", ["dynamodb:Query"], [`${data.fleet.tableArn}/index/${OWNERS_WAITING}`]);
    dispatch.allow(
      "JobRows",
      ["dynamodb:GetItem", "dynamodb:BatchGetItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"],
      [data.jobs.tableArn],
    );
    dispatch.allow(
      "Slots",
      ["dynamodb:GetItem", "dynamodb:Query", "dynamodb:PutItem", "dynamodb:UpdateItem", "dynamodb:DeleteItem"],
      [data.fleet.tableArn],
    );
    dispatch.allow("StartTasks", ["ecs:RunTask"], [task.taskDefinitionArn], inCluster);
    dispatch.allow("TagTasks", ["ecs:TagResource"], [tasks], { StringEquals: { "ecs:CreateAction": "RunTask" } });
    dispatch.allow("DescribeTasks", ["ecs:DescribeTasks"], [tasks], inCluster);
    dispatch.allow("PassRoles", ["iam:PassRole"], [task.taskRole.roleArn, task.obtainExecutionRole().roleArn], {
      StringEquals: { "iam:PassedToService": "ecs-tasks.amazonaws.com" },
    });
    dispatch.allow("FindPurged", ["s3:ListBucket"], [data.bucket.bucketArn], {
      StringLike: { "s3:prefix": ["parts/*", "datasets/*", "snapshots/*"] },
    });
    dispatch.allow(
      "Purge",
      ["s3:DeleteObject"],
      ["parts/*", "datasets/*", "snapshots/*"].map((objects) => data.bucket.arnForObjects(objects)),
    );
    dispatch.allow("Report", ["appsync:GraphQL"], [`${api.arn}/types/Mutation/fields/reportProgress`]);
    return dispatch;
  }

  /** Task events release slots immediately; a sweep every minute makes up for lost events. */
  private triggerDispatcher(cluster: Cluster): void {
    new Rule(this, "TaskStopped", {
      description: "A worker's task has stopped, or its Spot capacity is about to be reclaimed",
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
