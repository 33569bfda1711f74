/** Plays Amazon ECS on Fargate: tasks are child processes on this machine. Speaks ECS's JSON 1.1 protocol. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { listen, readBody, sendJson, type Listening } from "../http.ts";
import { AwsError, type Caller, type CloudContext, type Service } from "../service.ts";
import { ContainerEndpoint } from "./container-endpoint.ts";
import { Definitions, type Cluster } from "./definitions.ts";
import { accessesOfRunTask, planTasks, type RunTaskInput } from "./run-task.ts";
import type { Task } from "./task.ts";
import { Tasks, type TaskControl } from "./tasks.ts";

/** How long ECS recognizes a client token. */
const CLIENT_TOKEN_MS = 24 * 3600_000;
const CONTENT_TYPE = { "content-type": "application/x-amz-json-1.1" };

export interface EcsService extends Service {
  readonly tasks: TaskControl;
}

export function ecs(): EcsService {
  const tasks = new Tasks();
  const clientTokens = new Map<string, { input: string; tasks: readonly Task[]; atMs: number }>();
  let context: CloudContext;
  let definitions: Definitions;
  let containerEndpoint: ContainerEndpoint;
  let listening: Listening;

  return {
    name: "ecs",
    types: ["AWS::ECS::Cluster", "AWS::ECS::ClusterCapacityProviderAssociations", "AWS::ECS::TaskDefinition"],
    tasks,
    async start(started) {
      context = started;
      definitions = new Definitions(context);
      containerEndpoint = new ContainerEndpoint(context, tasks);
      listening = await listen(answer);
      tasks.open(context, (task, name) => containerEndpoint.environmentOf(task, name, listening.url));
      return listening.url;
    },
    async create(resource) {
      return definitions.create(resource);
    },
    async stop() {
      await tasks.stop();
      await listening.close();
    },
  };

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    if (request.method === "GET" && containerEndpoint.answer(request, response)) return;
    try {
      const body = await readBody(request);
      const caller = context.gate.authenticate(request, body, "ecs");
      const operation = String(request.headers["x-amz-target"]).split(".").at(-1) ?? "";
      sendJson(response, 200, perform(operation, JSON.parse(body.toString() || "{}"), caller), CONTENT_TYPE);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      sendJson(response, error.status, { __type: error.code, message: error.message, ...error.extra }, CONTENT_TYPE);
    }
  }

  function perform(operation: string, input: any, caller: Caller): Record<string, unknown> {
    switch (operation) {
      case "RunTask":
        return runTask(input, caller);
      case "DescribeTasks":
        return describeTasks(input, caller);
      case "ListTasks":
        return listTasks(input, caller);
      case "StopTask":
        return stopTask(input, caller);
      default:
        throw new AwsError(400, "UnknownOperationException", `The local ECS does not play ${operation}.`);
    }
  }

  function runTask(input: RunTaskInput, caller: Caller): Record<string, unknown> {
    const definition = definitions.taskDefinition(input.taskDefinition);
    const prepared = planTasks(input, definitions.cluster(input.cluster), definition).map((plan) =>
      tasks.prepare(plan),
    );
    context.gate.authorize(caller, ...accessesOfRunTask(prepared));
    const earlier = tasksOfToken(input);
    if (earlier) return { tasks: earlier.map((task) => task.describe()), failures: [] };
    const { clientToken } = input;
    if (clientToken) {
      clientTokens.set(clientToken, { input: canonical(input), tasks: prepared, atMs: context.clock.now() });
    }
    const described = prepared.map((task) => task.describe());
    for (const task of prepared) tasks.start(task);
    return { tasks: described, failures: [] };
  }

  /** The tasks that the same request started before. */
  function tasksOfToken(input: RunTaskInput): readonly Task[] | undefined {
    const known = input.clientToken === undefined ? undefined : clientTokens.get(input.clientToken);
    if (!known || known.atMs + CLIENT_TOKEN_MS < context.clock.now()) return undefined;
    if (known.input === canonical(input)) return known.tasks;
    throw new AwsError(
      400,
      "ConflictException",
      `The client token ${input.clientToken} was used with another RunTask request; take a new token for a new request.`,
      { resourceIds: known.tasks.map(({ arn }) => arn) },
    );
  }

  function describeTasks(input: { cluster?: string; tasks?: string[]; include?: string[] }, caller: Caller) {
    const cluster = definitions.cluster(input.cluster);
    const ids = input.tasks ?? [];
    if (ids.length === 0) throw new AwsError(400, "InvalidParameterException", "Tasks cannot be empty.");
    if (ids.length > 100) throw new AwsError(400, "InvalidParameterException", "Tasks may name 100 tasks at most.");
    const arns = ids.map((id) => arnOf(id, cluster));
    authorizeEach(caller, "ecs:DescribeTasks", arns, cluster);
    const found = arns.map((arn) => tasks.find(arn)).filter((task) => task?.request.cluster === cluster) as Task[];
    const known = new Set(found.map(({ arn }) => arn));
    const withTags = input.include?.includes("TAGS") ?? false;
    return {
      tasks: found.map((task) => ({ ...task.describe(), ...(!withTags && { tags: [] }) })),
      failures: arns.filter((arn) => !known.has(arn)).map((arn) => ({ arn, reason: "MISSING" })),
    };
  }

  function listTasks(input: Record<string, any>, caller: Caller) {
    const cluster = definitions.cluster(input.cluster);
    const resource = cluster.arn.replace(":cluster/", ":container-instance/");
    context.gate.authorize(caller, {
      action: "ecs:ListTasks",
      resource: `${resource}/*`,
      context: { "ecs:cluster": cluster.arn },
    });
    const wanted = input.desiredStatus ?? "RUNNING";
    const matching = [...tasks.all().values()].filter(
      ({ request, desiredStatus }) =>
        request.cluster === cluster &&
        desiredStatus === wanted &&
        (input.startedBy === undefined || request.startedBy === input.startedBy) &&
        (input.family === undefined || request.definition.family === input.family),
    );
    const from = Number(input.nextToken ?? 0);
    const to = from + Math.min(Number(input.maxResults ?? 100), 100);
    const nextToken = to < matching.length ? String(to) : undefined;
    return { taskArns: matching.slice(from, to).map(({ arn }) => arn), nextToken };
  }

  function stopTask(input: { cluster?: string; task?: string; reason?: string }, caller: Caller) {
    const cluster = definitions.cluster(input.cluster);
    authorizeEach(caller, "ecs:StopTask", [arnOf(input.task ?? "", cluster)], cluster);
    const task = tasks.find(input.task ?? "");
    if (!task) throw new AwsError(400, "InvalidParameterException", "The referenced task was not found.");
    task.stop("UserInitiated", input.reason ?? "Task stopped by user");
    return { task: task.describe() };
  }

  function authorizeEach(caller: Caller, action: string, arns: readonly string[], cluster: Cluster): void {
    const accesses = arns.map((resource) => ({ action, resource, context: { "ecs:cluster": cluster.arn } }));
    context.gate.authorize(caller, ...accesses);
  }
}

function arnOf(idOrArn: string, cluster: Cluster): string {
  if (idOrArn.startsWith("arn:")) return idOrArn;
  return `${cluster.arn.replace(":cluster/", ":task/")}/${idOrArn}`;
}

function canonical(input: RunTaskInput): string {
  return JSON.stringify(Object.entries(input).sort(([a], [b]) => (a < b ? -1 : 1)));
}
