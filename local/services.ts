import { join } from "node:path";
import { appsync } from "./appsync/appsync.ts";
import { bedrock } from "./bedrock/bedrock.ts";
import type { BedrockService } from "./bedrock/bedrock.ts";
import type { ModelOptions } from "./bedrock/options.ts";
import { cloudfront } from "./cloudfront/cloudfront.ts";
import { cognito } from "./cognito/cognito.ts";
import { customResource } from "./custom-resource/custom-resource.ts";
import { dynamodb } from "./dynamodb/dynamodb.ts";
import { ecs } from "./ecs/ecs.ts";
import type { TaskControl } from "./ecs/tasks.ts";
import { eventbridge } from "./events/events.ts";
import type { IamGate } from "./iam/gate.ts";
import { iam } from "./iam/iam.ts";
import type { Roles } from "./iam/roles.ts";
import { lambda } from "./lambda/lambda.ts";
import { s3 } from "./s3/s3.ts";
import type { CloudContext, Service } from "./service.ts";
import { sts } from "./iam/sts.ts";

/** AWS restores from the archive in hours; here it takes just long enough to be visible. */
const RESTORE_MS = 5_000;

export interface Services {
  /** Each after the services it uses, so that it is stopped before them. */
  readonly all: readonly Service[];
  /** Controls the running containers. */
  readonly tasks: TaskControl;
  /** The model, whose settings can be changed at runtime. */
  readonly model: BedrockService;
  /** Prepares, in the background, what the first requests would wait for. */
  readonly warm: () => void;
  readonly publish: CloudContext["publish"];
  readonly invoke: CloudContext["invoke"];
}

export interface ServicesOptions {
  readonly gate: IamGate;
  readonly roles: Roles;
  /** The cloud's data folder; the model's calls are logged in it. */
  readonly data: string;
  readonly sitePort: number | undefined;
  readonly model: ModelOptions | undefined;
}

/** Every service of the local cloud, and the ways they reach each other in process. */
export function createServices({ gate, roles, data, sitePort, model }: ServicesOptions): Services {
  const functions = lambda();
  const containers = ecs();
  const events = eventbridge();
  const models = bedrock({ ...model, callLog: model?.callLog ?? join(data, "model-calls.jsonl") });
  return {
    all: [
      iam(roles),
      sts(gate),
      dynamodb(),
      s3({ restoreMs: RESTORE_MS }),
      cognito(),
      models,
      functions,
      customResource(),
      appsync(),
      cloudfront({ port: sitePort }),
      containers,
      events,
    ],
    tasks: containers.tasks,
    model: models,
    warm: () => functions.warm(),
    publish: (event) => events.publish(event),
    invoke: (functionArn, payload, as) => functions.invokeFunction(functionArn, payload, as),
  };
}
