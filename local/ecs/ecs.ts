/** Emulates Amazon ECS on Fargate: tasks are child processes on this machine. Speaks ECS's JSON 1.1 protocol. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { listen, parseJson, readBody, sendJson, type Listening } from "../http.ts";
import { listenOnRememberedPort } from "../remembered-port.ts";
import { AwsError, type CloudContext, type Service } from "../service.ts";
import { ContainerEndpoint } from "./container-endpoint.ts";
import { Definitions } from "./definitions.ts";
import { TaskOperations } from "./task-operations.ts";
import { Tasks, type TaskControl } from "./tasks.ts";

const CONTENT_TYPE = { "content-type": "application/x-amz-json-1.1" };

export interface EcsService extends Service {
  readonly tasks: TaskControl;
}

export function ecs(): EcsService {
  const tasks = new Tasks();
  let context: CloudContext;
  let definitions: Definitions;
  let operations: TaskOperations;
  let containerEndpoint: ContainerEndpoint;
  let listening: Listening;

  return {
    name: "ecs",
    types: ["AWS::ECS::Cluster", "AWS::ECS::ClusterCapacityProviderAssociations", "AWS::ECS::TaskDefinition"],
    tasks,
    async start(started) {
      context = started;
      definitions = new Definitions(context);
      operations = new TaskOperations(context, definitions, tasks);
      containerEndpoint = new ContainerEndpoint(context, tasks);
      const { folder, origins } = context;
      listening = await listenOnRememberedPort(folder, (port) => listen(answer, { port, origins }));
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
      const input = parseJson(body);
      sendJson(response, 200, operations.perform(operation, input, caller), CONTENT_TYPE);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      sendJson(response, error.status, { __type: error.code, message: error.message, ...error.extra }, CONTENT_TYPE);
    }
  }
}
