/** Validates a RunTask request and plans its tasks. Pure: nothing is started here. */
import { AwsError, type Access } from "../service.ts";
import type { Cluster, StrategyItem, TaskDefinition } from "./definitions.ts";
import type { Task, TaskRequest } from "./task.ts";

const MAX_COUNT = 10;
const MAX_CLIENT_TOKEN = 64;
const MAX_STARTED_BY = 128;

/** The supported members of RunTask's body. */
export interface RunTaskInput {
  readonly cluster?: string;
  readonly taskDefinition?: string;
  readonly count?: number;
  readonly launchType?: string;
  readonly capacityProviderStrategy?: readonly { capacityProvider: string; weight?: number; base?: number }[];
  readonly clientToken?: string;
  readonly group?: string;
  readonly networkConfiguration?: unknown;
  readonly overrides?: TaskRequest["overrides"];
  readonly platformVersion?: string;
  readonly startedBy?: string;
  readonly tags?: readonly { key: string; value: string }[];
}

/**
 * One request per task to start.
 * @throws AwsError 400 `InvalidParameterException` for what ECS rejects
 */
export function planTasks(input: RunTaskInput, cluster: Cluster, definition: TaskDefinition): TaskRequest[] {
  const count = input.count ?? 1;
  if (!Number.isInteger(count) || count < 1 || count > MAX_COUNT) refuse(`count must be between 1 and ${MAX_COUNT}.`);
  if ((input.clientToken ?? "").length > MAX_CLIENT_TOKEN) {
    refuse(`clientToken must not have more than ${MAX_CLIENT_TOKEN} characters.`);
  }
  if ((input.startedBy ?? "").length > MAX_STARTED_BY) refuse("startedBy is too long.");
  assertOverridesFit(input, definition);
  if (definition.properties["NetworkMode"] === "awsvpc" && !input.networkConfiguration) {
    refuse("Network Configuration must be provided when networkMode 'awsvpc' is specified.");
  }
  const shared = {
    definition,
    cluster,
    overrides: input.overrides ?? {},
    startedBy: input.startedBy,
    group: input.group ?? `family:${definition.family}`,
    tags: input.tags ?? [],
    platformVersion: input.platformVersion && input.platformVersion !== "LATEST" ? input.platformVersion : "1.4.0",
  };
  return chooseProviders(input, cluster, count).map((capacityProviderName) => ({ ...shared, capacityProviderName }));
}

/** The permissions that starting `tasks` needs. */
export function accessesOfRunTask(tasks: readonly Task[]): Access[] {
  const [first] = tasks;
  if (!first) return [];
  const { definition, cluster, overrides, tags } = first.request;
  const taskRole = overrides.taskRoleArn ?? definition.properties["TaskRoleArn"];
  const executionRole = overrides.executionRoleArn ?? definition.properties["ExecutionRoleArn"];
  const tagContext = {
    ...Object.fromEntries(tags.map(({ key, value }) => [`aws:RequestTag/${key}`, value])),
    ...(tags.length > 0 && { "aws:TagKeys": tags.map(({ key }) => key) }),
  };
  return [
    { action: "ecs:RunTask", resource: definition.arn, context: { "ecs:cluster": cluster.arn, ...tagContext } },
    ...[...new Set<string>([taskRole, executionRole].filter((role) => role !== undefined))].map((role) => ({
      action: "iam:PassRole",
      resource: role,
      context: { "iam:PassedToService": "ecs-tasks.amazonaws.com" },
    })),
    ...(tags.length === 0 ? [] : tasks).map((task) => ({
      action: "ecs:TagResource",
      resource: task.arn,
      context: { "ecs:CreateAction": "RunTask", ...tagContext },
    })),
  ];
}

function chooseProviders(input: RunTaskInput, cluster: Cluster, count: number): (string | undefined)[] {
  if (input.launchType && input.capacityProviderStrategy?.length) {
    refuse("Specifying both a launch type and capacity provider strategy is not supported. Remove one and try again.");
  }
  if (input.launchType === "FARGATE") return Array.from({ length: count }, () => undefined);
  const strategy = input.capacityProviderStrategy?.length
    ? input.capacityProviderStrategy.map((item) => ({ weight: 0, base: 0, ...item }))
    : cluster.defaultStrategy;
  if (input.launchType || strategy.length === 0) refuse("No Container Instances were found in your cluster.");
  for (const { capacityProvider } of strategy) {
    if (cluster.capacityProviders.includes(capacityProvider)) continue;
    refuse(
      `The specified capacity provider strategy cannot contain a capacity provider that is not associated with the cluster.` +
        ` Associate ${capacityProvider} with the cluster ${cluster.name} and try again.`,
    );
  }
  if (strategy.filter(({ base }) => base > 0).length > 1) refuse("Only one capacity provider may have a base.");
  if (!strategy.some(({ weight }) => weight > 0)) {
    refuse("At least one capacity provider must have a weight greater than 0.");
  }
  return distribute(strategy, count);
}

/** First the base, then by weight. */
function distribute(strategy: readonly StrategyItem[], count: number): string[] {
  const based = strategy.flatMap(({ capacityProvider, base }) => Array.from({ length: base }, () => capacityProvider));
  const chosen = based.slice(0, count);
  const weighted = strategy.filter(({ weight }) => weight > 0).map((item) => ({ ...item, taken: 0 }));
  while (chosen.length < count) {
    const next = weighted.reduce((a, b) => ((b.taken + 1) / b.weight < (a.taken + 1) / a.weight ? b : a));
    next.taken += 1;
    chosen.push(next.capacityProvider);
  }
  return chosen;
}

function assertOverridesFit(input: RunTaskInput, definition: TaskDefinition): void {
  const names = definition.properties.ContainerDefinitions.map(({ Name }) => Name);
  for (const { name } of input.overrides?.containerOverrides ?? []) {
    if (!names.includes(name)) refuse(`Override for container named ${name} is not a container in the TaskDefinition.`);
  }
}

function refuse(message: string): never {
  throw new AwsError(400, "InvalidParameterException", message);
}
