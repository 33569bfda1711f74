/** All tasks of this start: those running, and those that stopped within the last hour. */
import { mkdirSync } from "node:fs";
import path from "node:path";
import { clockAhead } from "../clock/clock-ahead.ts";
import type { CloudContext } from "../service.ts";
import { Container } from "./container.ts";
import { openImage } from "./image.ts";
import { SPOT_INTERRUPTED, Task, type TaskRequest, type TaskStatus } from "./task.ts";

/** ECS forgets a stopped task after an hour. */
const REMEMBERED_MS = 3600_000;
/** When the whole cloud stops: time for a worker to let its calls end, though less than the two minutes of Spot. */
const STOP_GRACE_MS = 30_000;
const CLOCK_LOOK_EVERY_MS = 250;
/** A difference of less is no move, only rounding. */
const CLOCK_STEP_MS = 50;

/** What tests and the operator can do to tasks from outside. */
export interface TaskControl {
  /** Whether FARGATE_SPOT tasks find capacity; without, they stop as interrupted before they start. `true` unless set. */
  spotCapacity: boolean;
  list(): TaskSummary[];
  /** What a Spot interruption does: the warning event, then SIGTERM. @throws when there is no such task */
  interrupt(taskIdOrArn: string): void;
  /** SIGKILL, as when the host is lost. @throws when there is no such task */
  kill(taskIdOrArn: string): void;
}

export interface TaskSummary {
  readonly taskId: string;
  readonly taskArn: string;
  readonly lastStatus: TaskStatus;
  readonly desiredStatus: string;
  readonly startedBy: string | undefined;
  readonly capacityProviderName: string | undefined;
  /** Of the programs that are running. */
  readonly pids: readonly number[];
}

export class Tasks implements TaskControl {
  spotCapacity = true;
  #context: CloudContext | undefined;
  #platformEnv: (task: Task, containerName: string) => Record<string, string> = () => ({});
  readonly #byId = new Map<string, Task>();
  readonly #running = new Set<Promise<void>>();
  #clockTimer: NodeJS.Timeout | undefined;
  #clockAheadMs = 0;
  #isStopping = false;

  /** @param platformEnv what a container's environment needs to reach its credentials and metadata */
  open(context: CloudContext, platformEnv: (task: Task, containerName: string) => Record<string, string>): void {
    this.#context = context;
    this.#platformEnv = platformEnv;
    this.#clockAheadMs = clockAhead(this.#cloud.clock);
    this.#clockTimer = setInterval(() => this.#passOnClock(), CLOCK_LOOK_EVERY_MS).unref();
  }

  /** Makes a task without starting it, so that it can be authorized by its ARN. */
  prepare(request: TaskRequest): Task {
    const { clock, publish } = this.#cloud;
    return new Task(request, {
      now: () => clock.now(),
      publish: (event) => {
        if (!this.#isStopping) publish(event);
      },
      hasSpotCapacity: () => this.spotCapacity,
      startContainers: (task) => this.#startContainers(task),
    });
  }

  start(task: Task): void {
    this.#byId.set(task.id, task);
    const running = task.run().finally(() => this.#running.delete(running));
    this.#running.add(running);
  }

  /** By id or ARN; `undefined` when there never was one or it is forgotten. */
  find(idOrArn: string): Task | undefined {
    return this.all().get(idOrArn.slice(idOrArn.lastIndexOf("/") + 1));
  }

  all(): ReadonlyMap<string, Task> {
    const forgottenBefore = this.#cloud.clock.now() - REMEMBERED_MS;
    for (const [id, { stoppedAtMs }] of this.#byId) {
      if (stoppedAtMs !== undefined && stoppedAtMs < forgottenBefore) this.#byId.delete(id);
    }
    return this.#byId;
  }

  list(): TaskSummary[] {
    return [...this.all().values()].map((task) => ({
      taskId: task.id,
      taskArn: task.arn,
      lastStatus: task.lastStatus,
      desiredStatus: task.desiredStatus,
      startedBy: task.request.startedBy,
      capacityProviderName: task.request.capacityProviderName,
      pids: task.containers.filter(({ exitCode }) => exitCode === undefined).flatMap(({ pid }) => pid ?? []),
    }));
  }

  interrupt(taskIdOrArn: string): void {
    this.#get(taskIdOrArn).stop(SPOT_INTERRUPTED.code, SPOT_INTERRUPTED.reason);
  }

  kill(taskIdOrArn: string): void {
    for (const container of this.#get(taskIdOrArn).containers) container.kill();
  }

  /** Ends all tasks, with five seconds for each; no events are published any more. */
  async stop(): Promise<void> {
    this.#isStopping = true;
    clearInterval(this.#clockTimer);
    for (const task of this.#byId.values()) {
      task.stop("UserInitiated", "The local cloud is stopping");
      for (const container of task.containers) void container.stop(STOP_GRACE_MS);
    }
    await Promise.all(this.#running);
  }

  get #cloud(): CloudContext {
    if (!this.#context) throw new Error("The local ECS is not started yet.");
    return this.#context;
  }

  #get(taskIdOrArn: string): Task {
    const task = this.find(taskIdOrArn);
    if (task) return task;
    throw new Error(`There is no task ${taskIdOrArn}; known are: ${[...this.#byId.keys()].join(", ") || "none"}.`);
  }

  #startContainers(task: Task): Container[] {
    const { folder } = this.#cloud;
    const { definition, overrides } = task.request;
    mkdirSync(path.join(folder, "logs"), { recursive: true });
    const withImages = definition.properties.ContainerDefinitions.map((container) => ({
      container,
      image: openImage(container.Image, this.#cloud),
    }));
    return withImages.map(
      ({ container, image }) =>
        new Container({
          definition: container,
          override: overrides.containerOverrides?.find(({ name }) => name === container.Name),
          image,
          platformEnv: { ...this.#cloud.environment(), ...this.#platformEnv(task, container.Name) },
          logFile: path.join(folder, "logs", `${task.id}.log`),
          clockAheadMs: this.#clockAheadMs,
        }),
    );
  }

  /** Programs that run while the clock is moved see it move. */
  #passOnClock(): void {
    const aheadMs = clockAhead(this.#cloud.clock);
    if (Math.abs(aheadMs - this.#clockAheadMs) < CLOCK_STEP_MS) return;
    this.#clockAheadMs = aheadMs;
    for (const { containers } of this.#byId.values()) {
      for (const container of containers) if (container.exitCode === undefined) container.moveClock(aheadMs);
    }
  }
}
