/** The operations on tasks: RunTask, DescribeTasks, ListTasks and StopTask. */
import { AwsError, type Caller, type CloudContext } from "../service.ts";
import type { Cluster, Definitions } from "./definitions.ts";
import { accessesOfRunTask, planTasks, type RunTaskInput } from "./run-task.ts";
import type { Task } from "./task.ts";
import type { Tasks } from "./tasks.ts";

/** How long ECS recognizes a client token. */
const CLIENT_TOKEN_MS = 24 * 3600_000;
const MAX_TASKS = 100;

interface DescribeTasksInput {
  readonly cluster?: string;
  readonly tasks?: readonly string[];
  readonly include?: readonly string[];
}

interface StopTaskInput {
  readonly cluster?: string;
  readonly task?: string;
  readonly reason?: string;
}

export class TaskOperations {
  readonly #clientTokens = new Map<string, { input: string; tasks: readonly Task[]; atMs: number }>();

  constructor(
    private readonly context: CloudContext,
    private readonly definitions: Definitions,
    private readonly tasks: Tasks,
  ) {}

  /** @throws AwsError */
  perform(operation: string, input: any, caller: Caller): Record<string, unknown> {
    switch (operation) {
      case "RunTask":
        return this.#runTask(input, caller);
      case "DescribeTasks":
        return this.#describeTasks(input, caller);
      case "ListTasks":
        return this.#listTasks(input, caller);
      case "StopTask":
        return this.#stopTask(input, caller);
      default:
        throw new AwsError(400, "UnknownOperationException", `The local ECS does not support ${operation}.`);
    }
  }

  #runTask(input: RunTaskInput, caller: Caller) {
    const definition = this.definitions.taskDefinition(input.taskDefinition);
    const plans = planTasks(input, this.definitions.cluster(input.cluster), definition);
    const prepared = plans.map((plan) => this.tasks.prepare(plan));
    this.context.gate.authorize(caller, ...accessesOfRunTask(prepared));
    const earlier = this.#tasksOfToken(input);
    if (earlier) return { tasks: earlier.map((task) => task.describe()), failures: [] };
    const { clientToken } = input;
    if (clientToken) {
      const atMs = this.context.clock.now();
      this.#clientTokens.set(clientToken, { input: canonical(input), tasks: prepared, atMs });
    }
    const described = prepared.map((task) => task.describe());
    for (const task of prepared) this.tasks.start(task);
    return { tasks: described, failures: [] };
  }

  /** The tasks that an earlier, identical request started. */
  #tasksOfToken(input: RunTaskInput): readonly Task[] | undefined {
    const known = input.clientToken === undefined ? undefined : this.#clientTokens.get(input.clientToken);
    if (!known || known.atMs + CLIENT_TOKEN_MS < this.context.clock.now()) return undefined;
    if (known.input === canonical(input)) return known.tasks;
    throw new AwsError(
      400,
      "ConflictException",
      `The client token ${input.clientToken} was used with a different RunTask request; use a new token for a new request.`,
      { resourceIds: known.tasks.map(({ arn }) => arn) },
    );
  }

  #describeTasks(input: DescribeTasksInput, caller: Caller) {
    const cluster = this.definitions.cluster(input.cluster);
    const ids = input.tasks ?? [];
    if (ids.length === 0) throw invalid("Tasks cannot be empty.");
    if (ids.length > MAX_TASKS) throw invalid(`Tasks may name ${MAX_TASKS} tasks at most.`);
    const arns = ids.map((id) => arnOf(id, cluster));
    this.#authorizeEach(caller, "ecs:DescribeTasks", arns, cluster);
    const found = arns
      .map((arn) => this.tasks.find(arn))
      .filter((task): task is Task => task?.request.cluster === cluster);
    const known = new Set(found.map(({ arn }) => arn));
    const withTags = input.include?.includes("TAGS") ?? false;
    return {
      tasks: found.map((task) => ({ ...task.describe(), ...(!withTags && { tags: [] }) })),
      failures: arns.filter((arn) => !known.has(arn)).map((arn) => ({ arn, reason: "MISSING" })),
    };
  }

  #listTasks(input: Record<string, any>, caller: Caller) {
    const cluster = this.definitions.cluster(input.cluster);
    const resource = cluster.arn.replace(":cluster/", ":container-instance/");
    this.context.gate.authorize(caller, {
      action: "ecs:ListTasks",
      resource: `${resource}/*`,
      context: { "ecs:cluster": cluster.arn },
    });
    const status = input.desiredStatus ?? "RUNNING";
    const matching = [...this.tasks.all().values()].filter(
      ({ request, desiredStatus }) =>
        request.cluster === cluster &&
        desiredStatus === status &&
        (input.startedBy === undefined || request.startedBy === input.startedBy) &&
        (input.family === undefined || request.definition.family === input.family),
    );
    const from = Number(input.nextToken ?? 0);
    const to = from + Math.min(Number(input.maxResults ?? MAX_TASKS), MAX_TASKS);
    const nextToken = to < matching.length ? String(to) : undefined;
    return { taskArns: matching.slice(from, to).map(({ arn }) => arn), nextToken };
  }

  #stopTask(input: StopTaskInput, caller: Caller) {
    const cluster = this.definitions.cluster(input.cluster);
    this.#authorizeEach(caller, "ecs:StopTask", [arnOf(input.task ?? "", cluster)], cluster);
    const task = this.tasks.find(input.task ?? "");
    if (!task) throw invalid("The referenced task was not found.");
    task.stop("UserInitiated", input.reason ?? "Task stopped by user");
    return { task: task.describe() };
  }

  #authorizeEach(caller: Caller, action: string, arns: readonly string[], cluster: Cluster): void {
    const accesses = arns.map((resource) => ({ action, resource, context: { "ecs:cluster": cluster.arn } }));
    this.context.gate.authorize(caller, ...accesses);
  }
}

function arnOf(idOrArn: string, cluster: Cluster): string {
  if (idOrArn.startsWith("arn:")) return idOrArn;
  return `${cluster.arn.replace(":cluster/", ":task/")}/${idOrArn}`;
}

function canonical(input: RunTaskInput): string {
  return JSON.stringify(Object.entries(input).sort(([a], [b]) => (a < b ? -1 : 1)));
}

function invalid(message: string): AwsError {
  return new AwsError(400, "InvalidParameterException", message);
}
