import { App, CloudFormationValidatePlugin } from "aws-cdk-lib";
import { TASK_SIZES } from "../../core/job/task-size.ts";
import { archiveClass } from "../../infra/data.ts";
import { fleetContext } from "../../infra/fleet-limits.ts";
import { modelsForFunctions } from "../../infra/models.ts";
import { readFileSync } from "node:fs";
import { JOBS_QUEUE } from "../../core/keys.ts";
import { newShard } from "../../core/shard/new-shard.ts";
import { START_TIMEOUT_SECONDS } from "../../resolvers/shared/runTimeout.ts";
import { resourcesOf, templates } from "./stacks.ts";

test("every template, nested ones too, passes CloudFormation's validator", () => {
  const files = templates().map(({ file }) => file);
  expect(files.length).toBeGreaterThan(6);
  const report = new CloudFormationValidatePlugin().validate({
    templatePaths: files,
    stackTemplates: files.map((file) => ({ templatePath: file, stackConstructPath: file })),
    appConstruct: new App(),
  } as never) as {
    success: boolean;
    violations: { ruleName: string; description: string; severity?: string; violatingResources: unknown }[];
  };
  const errors = report.violations.filter((violation) => !/warn|info/i.test(violation.severity ?? "error"));
  expect(
    errors.map(({ ruleName, description, violatingResources }) => ({ ruleName, description, violatingResources })),
  ).toEqual([]);
  expect(report.success).toBe(true);
});

test("no statement of ours uses a wildcard where a resource can be named", () => {
  const policies = [
    ...resourcesOf("AWS::IAM::Policy").map(({ id, properties }) => ({ id, document: properties.PolicyDocument })),
    ...resourcesOf("AWS::IAM::Role").flatMap(({ id, properties }) =>
      (properties.Policies ?? []).map((policy: any) => ({ id, document: policy.PolicyDocument })),
    ),
  ];
  const loose = policies.flatMap(({ id, document }) =>
    document.Statement.filter(
      (statement: any) =>
        [statement.Resource].flat().includes("*") ||
        [statement.Action].flat().some((action: string) => action === "*" || action.endsWith(":*")),
    ).map((statement: any) => `${id}: ${[statement.Action].flat().join()}`),
  );
  // Getting a registry's token is an action without a resource.
  expect(loose.filter((text) => !text.endsWith(": ecr:GetAuthorizationToken"))).toEqual([]);
});

test("tables and users outlive the stack, and tables have point-in-time recovery", () => {
  const tables = resourcesOf("AWS::DynamoDB::Table");
  expect(tables.map(({ deletionPolicy }) => deletionPolicy)).toEqual(tables.map(() => "Retain"));
  expect(tables.every(({ properties }) => properties.PointInTimeRecoverySpecification.PointInTimeRecoveryEnabled)).toBe(
    true,
  );
  expect(resourcesOf("AWS::Cognito::UserPool")[0]?.deletionPolicy).toBe("Retain");
});

test("no index holds a shard's row, whose checkpoints would pay for it too, and the queue holds keys alone", () => {
  const shard = newShard({ jobId: "j", owner: "o", shardNo: 0, kind: "RECORDS", fromSlot: 0, toSlot: 1 });
  const indexes = resourcesOf("AWS::DynamoDB::Table").flatMap(
    ({ properties }) => properties.GlobalSecondaryIndexes ?? [],
  );
  const queue = indexes.find(({ IndexName }) => IndexName === JOBS_QUEUE);
  expect(queue.Projection).toEqual({ ProjectionType: "KEYS_ONLY" });
  const holding = indexes.filter(({ KeySchema }) => KeySchema.every((key: any) => key.AttributeName in shard));
  expect(holding).toEqual([]);
});

test("only datasets, including small ones, go to Glacier after three days", () => {
  const rules = resourcesOf("AWS::S3::Bucket").flatMap(
    ({ properties }) => properties.LifecycleConfiguration?.Rules ?? [],
  );
  expect(rules.filter((rule: any) => rule.Transitions)).toEqual([
    expect.objectContaining({
      Status: "Enabled",
      Prefix: "datasets/",
      ObjectSizeGreaterThan: 1,
      Transitions: [{ StorageClass: "GLACIER_IR", TransitionInDays: 3 }],
    }),
  ]);
});

test.each([
  [undefined, "INSTANT"],
  ["instant", "INSTANT"],
  ["flexible", "FLEXIBLE"],
  ["deep", "DEEP"],
])("the context archiveClass %j chooses the class %s", (wanted, chosen) => {
  expect(archiveClass(new App({ context: { archiveClass: wanted } }))).toBe(chosen);
});

test("functions are told that tiers are stand-ins where the context says so, and the allowed models where it lists them", () => {
  const told = (context: object) => modelsForFunctions(new App({ context: { ...context } }));
  expect(told({})).toEqual({});
  expect(told({ tiersAreStandIns: true, models: ["amazon.nova-micro-v1:0"] })).toEqual({
    TIERS_ARE_STAND_INS: "true",
    ALLOWED_MODELS: "amazon.nova-micro-v1:0",
  });
});

test.each(["GLACIER", "Deep", "", 3])("the context archiveClass %j is rejected with a message", (wanted) => {
  expect(() => archiveClass(new App({ context: { archiveClass: wanted } }))).toThrow(
    `The context "archiveClass" must be instant, flexible or deep, not ${JSON.stringify(wanted)}.`,
  );
});

test("the context chooses how many tasks run, and what each size has", () => {
  const chosen = (context: object) => fleetContext(new App({ context: { ...context } }));
  expect(chosen({})).toEqual({ tasksPerOwner: 4, tasksPerJob: 4, tasksOverall: 50, sizes: TASK_SIZES });
  const taskSizes = JSON.stringify({ LARGE: { cpu: 4096, memoryMb: 8192, callsInFlight: 256 } });
  // `cdk deploy -c` passes texts.
  expect(chosen({ tasksPerOwner: "8", tasksPerJob: "2", tasksOverall: "200", taskSizes })).toEqual({
    tasksPerOwner: 8,
    tasksPerJob: 2,
    tasksOverall: 200,
    sizes: { ...TASK_SIZES, LARGE: { cpu: 4096, memoryMb: 8192, callsInFlight: 256 } },
  });
});

test.each<[object, string]>([
  [{ tasksPerOwner: 0 }, 'The context "tasksPerOwner" must be a whole number of at least 1, not 0.'],
  [{ taskSizes: { HUGE: {} } }, 'The context "taskSizes" names "HUGE"; sizes are SMALL, MEDIUM, LARGE.'],
  [
    { taskSizes: { SMALL: { cpus: 1 } } },
    'must have whole numbers for cpu, memoryMb, callsInFlight, but it has "cpus": 1.',
  ],
  [
    { taskSizes: { SMALL: { cpu: 700 } } },
    'Fargate has no task with 700 CPU units and 1024 MB; correct "taskSizes" of SMALL.',
  ],
  [{ taskSizes: { SMALL: { callsInFlight: 600 } } }, "A task has at most 512 calls in flight"],
])("the context %j is rejected with a message", (context, message) => {
  expect(() => fleetContext(new App({ context: { ...context } }))).toThrow(message);
});

test("the bucket sends events without a CDK function, and only restored and expired datasets trigger a rule", () => {
  expect(resourcesOf("Custom::S3BucketNotifications")).toEqual([]);
  const [bucket] = resourcesOf("AWS::S3::Bucket").filter(({ properties }) => properties.LifecycleConfiguration);
  expect(bucket?.properties.NotificationConfiguration).toEqual({
    EventBridgeConfiguration: { EventBridgeEnabled: true },
  });
  const patterns = resourcesOf("AWS::Events::Rule").map(({ properties }) => properties.EventPattern);
  expect(patterns.filter((pattern) => pattern?.source[0] === "aws.s3")).toEqual([
    {
      source: ["aws.s3"],
      "detail-type": ["Object Restore Completed", "Object Restore Expired"],
      detail: { bucket: { name: [expect.anything()] }, object: { key: [{ prefix: "datasets/" }] } },
    },
  ]);
});

test("workers have two minutes to save, a read-only root filesystem, and can only assume their job's role", () => {
  const [task] = resourcesOf("AWS::ECS::TaskDefinition");
  expect(task?.properties.ContainerDefinitions[0]).toMatchObject({ StopTimeout: 120, ReadonlyRootFilesystem: true });
  const roleId = task?.properties.TaskRoleArn["Fn::GetAtt"][0];
  const actions = resourcesOf("AWS::IAM::Policy")
    .filter(({ properties }) => JSON.stringify(properties.Roles).includes(roleId))
    .flatMap(({ properties }) => properties.PolicyDocument.Statement.flatMap((statement: any) => statement.Action));
  expect(actions).toEqual(["sts:AssumeRole", "sts:TagSession"]);
});

test("workers can write to a scratch volume at /tmp, whose permissions come from the image", () => {
  const [task] = resourcesOf("AWS::ECS::TaskDefinition");
  expect(task?.properties.Volumes).toEqual([{ Name: "scratch" }]);
  expect(task?.properties.ContainerDefinitions[0].MountPoints).toEqual([
    { ContainerPath: "/tmp", SourceVolume: "scratch", ReadOnly: false },
  ]);
  expect(readFileSync(new URL("../../worker/Dockerfile", import.meta.url), "utf8")).toContain('VOLUME ["/tmp"]');
});

test("the API's default mode is IAM, introspection is off and query depth is limited", () => {
  expect(resourcesOf("AWS::AppSync::GraphQLApi")[0]?.properties).toMatchObject({
    AuthenticationType: "AWS_IAM",
    IntrospectionConfig: "DISABLED",
    QueryDepthLimit: expect.any(Number),
    ResolverCountLimit: expect.any(Number),
  });
});

test("events that start test runs, generated seeds and snapshots are dropped once their runs are reported as crashed", () => {
  const configs = resourcesOf("AWS::Lambda::EventInvokeConfig");
  const names = configs.map(({ properties }) => properties.FunctionName.Ref).sort();
  expect(names).toEqual([/ExecuteTestRun/, /GenerateSeeds/, /MakeSnapshot/].map((name) => expect.stringMatching(name)));
  for (const { properties } of configs) expect(properties.MaximumEventAgeInSeconds).toBe(START_TIMEOUT_SECONDS);
});
