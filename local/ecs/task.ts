/** A task: its containers and its states. Each state change is an event on EventBridge. */
import { randomBytes } from "node:crypto";
import type { CloudEvent } from "../service.ts";
import type { Container, ContainerOverride } from "./container.ts";
import type { Cluster, TaskDefinition } from "./definitions.ts";

export type TaskStatus = "PROVISIONING" | "PENDING" | "RUNNING" | "DEPROVISIONING" | "STOPPED";
export type StopCode = "EssentialContainerExited" | "UserInitiated" | "SpotInterruption" | "TaskFailedToStart";

/** A RunTask request, for one task. */
export interface TaskRequest {
  readonly definition: TaskDefinition;
  readonly cluster: Cluster;
  /** `FARGATE`, `FARGATE_SPOT`, or `undefined` when a launch type was given. */
  readonly capacityProviderName: string | undefined;
  readonly overrides: {
    readonly containerOverrides?: readonly ContainerOverride[];
    readonly taskRoleArn?: string;
    readonly executionRoleArn?: string;
    readonly cpu?: string;
    readonly memory?: string;
  };
  readonly startedBy: string | undefined;
  readonly group: string;
  readonly tags: readonly { key: string; value: string }[];
  readonly platformVersion: string;
}

/** What a task needs from its environment. */
export interface TaskWorld {
  now(): number;
  publish(event: CloudEvent): void;
  hasSpotCapacity(): boolean;
  /** @throws Error when an image is not available */
  startContainers(task: Task): Container[];
}

export const SPOT_INTERRUPTED = { code: "SpotInterruption", reason: "Your Spot Task was interrupted." } as const;

export class Task {
  readonly id = randomBytes(16).toString("hex");
  readonly arn: string;
  /** Protects the credentials of the task's role. */
  readonly token = randomBytes(24).toString("base64url");
  lastStatus: TaskStatus = "PROVISIONING";
  desiredStatus: "RUNNING" | "STOPPED" = "RUNNING";
  stoppedAtMs: number | undefined;
  containers: Container[] = [];
  readonly #createdAtMs: number;
  #startedAtMs: number | undefined;
  #stoppingAtMs: number | undefined;
  #stop: { readonly code: StopCode; readonly reason: string } | undefined;
  #version = 0;

  constructor(
    readonly request: TaskRequest,
    private readonly world: TaskWorld,
  ) {
    const { arn, name } = request.cluster;
    this.arn = `${arn.slice(0, arn.indexOf(":cluster/"))}:task/${name}/${this.id}`;
    this.#createdAtMs = world.now();
  }

  get roleArn(): string | undefined {
    return this.request.overrides.taskRoleArn ?? this.request.definition.properties.TaskRoleArn;
  }

  /** Runs through all states; resolves when STOPPED. */
  async run(): Promise<void> {
    this.#enter("PROVISIONING");
    await new Promise(setImmediate);
    if (this.request.capacityProviderName === "FARGATE_SPOT" && !this.world.hasSpotCapacity()) {
      this.#stop ??= SPOT_INTERRUPTED;
    }
    if (!this.#stop) {
      this.#enter("PENDING");
      await new Promise(setImmediate);
    }
    if (!this.#stop) this.#startContainers();
    if (this.containers.length > 0) await this.#runContainers();
    this.desiredStatus = "STOPPED";
    this.#stoppingAtMs ??= this.world.now();
    this.#enter("DEPROVISIONING");
    this.stoppedAtMs = this.world.now();
    this.#enter("STOPPED");
  }

  /** Stops the task: SIGTERM to each container, SIGKILL after its StopTimeout. The first reason wins. */
  stop(code: StopCode, reason: string): void {
    if (this.#stop || this.stoppedAtMs !== undefined) return;
    this.#stop = { code, reason };
    this.desiredStatus = "STOPPED";
    this.#stoppingAtMs = this.world.now();
    this.#publish();
    for (const container of this.containers) void container.stop();
  }

  /** As in the API: times in seconds since the epoch. */
  describe(): Record<string, unknown> {
    return this.#describe((ms) => ms / 1000);
  }

  #startContainers(): void {
    try {
      this.containers = this.world.startContainers(this);
    } catch (error) {
      this.#stop = { code: "TaskFailedToStart", reason: `CannotPullContainerError: ${(error as Error).message}` };
    }
  }

  async #runContainers(): Promise<void> {
    this.#startedAtMs = this.world.now();
    this.#enter("RUNNING");
    const essential = this.containers.filter((container) => container.isEssential);
    await Promise.race(essential.map((container) => container.ended));
    const failure = this.containers.find((container) => container.failure)?.failure;
    if (failure) this.#startedAtMs = undefined;
    this.#stop ??= failure
      ? { code: "TaskFailedToStart", reason: failure }
      : { code: "EssentialContainerExited", reason: "Essential container in task exited" };
    await Promise.all(this.containers.map((container) => container.stop()));
  }

  #enter(status: TaskStatus): void {
    this.lastStatus = status;
    this.#publish();
  }

  #publish(): void {
    this.#version += 1;
    const detail = this.#describe((ms) => new Date(ms).toISOString());
    // As on AWS, an event does not include the task's tags.
    delete detail["tags"];
    this.world.publish({
      source: "aws.ecs",
      "detail-type": "ECS Task State Change",
      resources: [this.arn],
      detail: { ...detail, updatedAt: new Date(this.world.now()).toISOString() },
    });
  }

  #describe(time: (ms: number) => number | string): Record<string, unknown> {
    const { definition, cluster, capacityProviderName, overrides, startedBy, group, tags, platformVersion } =
      this.request;
    const optionalTime = (ms: number | undefined) => (ms === undefined ? undefined : time(ms));
    return withoutUndefined({
      attachments: [],
      availabilityZone: `${cluster.arn.split(":")[3]}a`,
      capacityProviderName,
      clusterArn: cluster.arn,
      connectivity: "CONNECTED",
      containers: definition.properties.ContainerDefinitions.map(({ Name, Image }) =>
        this.#describeContainer(Name, Image),
      ),
      cpu: overrides.cpu ?? String(definition.properties.Cpu ?? "256"),
      createdAt: time(this.#createdAtMs),
      desiredStatus: this.desiredStatus,
      group,
      lastStatus: this.lastStatus,
      launchType: "FARGATE",
      memory: overrides.memory ?? String(definition.properties.Memory ?? "512"),
      overrides: { containerOverrides: [], ...overrides },
      platformFamily: "Linux",
      platformVersion,
      startedAt: optionalTime(this.#startedAtMs),
      startedBy,
      stopCode: this.#stop?.code,
      stoppedReason: this.#stop?.reason,
      stoppingAt: optionalTime(this.#stoppingAtMs),
      stoppedAt: optionalTime(this.stoppedAtMs),
      tags,
      taskArn: this.arn,
      taskDefinitionArn: definition.arn,
      version: this.#version,
    });
  }

  #describeContainer(name: string, image: string): Record<string, unknown> {
    const container = this.containers.find((each) => each.name === name);
    const isOver = container?.exitCode !== undefined || this.lastStatus === "STOPPED";
    return withoutUndefined({
      containerArn: `${this.arn.replace(":task/", ":container/")}/${name}`,
      taskArn: this.arn,
      name,
      image,
      lastStatus: isOver ? "STOPPED" : container ? "RUNNING" : "PENDING",
      exitCode: container?.exitCode,
      reason: container?.failure,
      runtimeId: `${this.id}-${name}`,
      networkInterfaces: [],
    });
  }
}

function withoutUndefined(record: Record<string, unknown>): Record<string, unknown> {
  return Object.fromEntries(Object.entries(record).filter(([, value]) => value !== undefined));
}
