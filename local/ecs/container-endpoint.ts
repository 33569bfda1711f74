/** The platform's endpoints for containers: credentials of the task's role, and task metadata. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { sendJson } from "../http.ts";
import type { CloudContext, Credentials } from "../service.ts";
import type { Task } from "./task.ts";
import type { Tasks } from "./tasks.ts";

const CREDENTIALS_SECONDS = 6 * 3600;
/** The SDK refreshes credentials five minutes before they expire; it must then get new ones. */
const CREDENTIALS_MARGIN_MS = 15 * 60_000;
const PATHS = /^\/(credentials|metadata)\/([0-9a-f]+)(?:\/([^/]+))?(\/task)?$/;

export class ContainerEndpoint {
  readonly #credentials = new Map<string, Credentials>();

  constructor(
    private readonly context: CloudContext,
    private readonly tasks: Tasks,
  ) {}

  /** The environment variables by which SDKs and agents find this endpoint. */
  environmentOf(task: Task, containerName: string, url: string): Record<string, string> {
    return {
      AWS_EXECUTION_ENV: "AWS_ECS_FARGATE",
      AWS_REGION: this.context.region,
      AWS_DEFAULT_REGION: this.context.region,
      AWS_EC2_METADATA_DISABLED: "true",
      ...(task.roleArn && {
        AWS_CONTAINER_CREDENTIALS_FULL_URI: `${url}/credentials/${task.id}`,
        AWS_CONTAINER_AUTHORIZATION_TOKEN: task.token,
      }),
      ECS_CONTAINER_METADATA_URI_V4: `${url}/metadata/${task.id}/${containerName}`,
      // Keeps the SDK's notice about the machine's Node version out of the task's log.
      AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true",
    };
  }

  /** Answers the request if it is for this endpoint, and returns whether it was. */
  answer(request: IncomingMessage, response: ServerResponse): boolean {
    const [, what, taskId = "", containerName = "", isTask] = PATHS.exec(request.url ?? "") ?? [];
    if (!what) return false;
    const task = this.tasks.find(taskId);
    if (!task) sendJson(response, 404, { message: `There is no task ${taskId}.` });
    else if (what === "credentials") this.#answerCredentials(task, request, response);
    else sendJson(response, 200, isTask ? taskMetadata(task) : containerMetadata(task, containerName));
    return true;
  }

  #answerCredentials(task: Task, request: IncomingMessage, response: ServerResponse): void {
    if (request.headers.authorization !== task.token || !task.roleArn) {
      return sendJson(response, 403, {
        code: "AccessDenied",
        message: "The authorization token does not belong to this task.",
      });
    }
    const credentials = this.#credentialsOf(task, task.roleArn);
    sendJson(response, 200, {
      RoleArn: task.roleArn,
      AccessKeyId: credentials.accessKeyId,
      SecretAccessKey: credentials.secretAccessKey,
      Token: credentials.sessionToken,
      Expiration: new Date(Math.min(credentials.expiresAtMs, MAX_DATE_MS)).toISOString(),
    });
  }

  #credentialsOf(task: Task, roleArn: string): Credentials {
    const known = this.#credentials.get(task.id);
    if (known && known.expiresAtMs - CREDENTIALS_MARGIN_MS > this.context.clock.now()) return known;
    const issued = this.context.gate.issue(roleArn, task.id, { durationSeconds: CREDENTIALS_SECONDS });
    this.#credentials.set(task.id, issued);
    return issued;
  }
}

/** The last millisecond of the year 9999: beyond it, ISO 8601 has another form. */
const MAX_DATE_MS = 253_402_300_799_999;

function taskMetadata(task: Task): Record<string, unknown> {
  const { definition, cluster } = task.request;
  return {
    Cluster: cluster.arn,
    TaskARN: task.arn,
    Family: definition.family,
    Revision: definition.arn.slice(definition.arn.lastIndexOf(":") + 1),
    DesiredStatus: task.desiredStatus,
    KnownStatus: task.lastStatus,
    LaunchType: "FARGATE",
    Containers: task.containers.map(({ name }) => containerMetadata(task, name)),
  };
}

function containerMetadata(task: Task, name: string): Record<string, unknown> {
  const { definition, cluster } = task.request;
  return {
    DockerId: `${task.id}-${name}`,
    Name: name,
    DockerName: name,
    Image: definition.properties.ContainerDefinitions.find(({ Name }) => Name === name)?.Image,
    Labels: {
      "com.amazonaws.ecs.cluster": cluster.arn,
      "com.amazonaws.ecs.container-name": name,
      "com.amazonaws.ecs.task-arn": task.arn,
      "com.amazonaws.ecs.task-definition-family": definition.family,
    },
    DesiredStatus: task.desiredStatus,
    KnownStatus: task.lastStatus,
    ContainerARN: `${task.arn.replace(":task/", ":container/")}/${name}`,
  };
}
