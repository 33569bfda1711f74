/** All tasks of this start: running ones, and those stopped within the last hour. */
import { mkdirSync } from "node:fs";
import path from "node:path";
import { clockAhead } from "../clock/clock-ahead.ts";
import type { CloudContext } from "../service.ts";
import { Container } from "./container.ts";
import { openImage } from "./image.ts";
import { SPOT_INTERRUPTED, Task, type TaskRequest, type TaskStatus } from "./task.ts";

/** ECS forgets a stopped task after an hour. */
const REMEMBERED_MS = 3600_000;
/** Grace period when the whole cloud stops: time to finish calls in flight, though less than the two minutes of Spot. */
const STOP_GRACE_MS = 30_000;
const CLOCK_POLL_INTERVAL_MS = 250;
/** A smaller difference is rounding, not a move. */
const CLOCK_STEP_MS = 50;

/** Control over tasks for tests and the operator. */
export interface TaskControl {
  /** Whether FARGATE_SPOT tasks find capacity; without it they stop, interrupted, before they start. `true` by default. */
  spotCapacity: boolean;
  list(): TaskSummary[];
  /** A Spot interruption: the warning event, then SIGTERM. @throws Error when there is no such task */
  interrupt(taskIdOrArn: string): void;
  /** A host failure: SIGKILL. @throws Error when there is no such task */
  kill(taskIdOrArn: string): void;
}

export interface TaskSummary {
  readonly taskId: string;
  readonly taskArn: string;
  readonly lastStatus: TaskStatus;
  readonly desiredStatus: string;
  readonly startedBy: string | undefined;
  readonly capacityProviderName: string | undefined;
  /** Process ids of the running programs. */
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

  /** @param platformEnv the environment variables with which a container reaches its credentials and metadata */
  open(context: CloudContext, platformEnv: (task: Task, containerName: string) => Record<string, string>): void {
    this.#context = context;
    this.#platformEnv = platformEnv;
    this.#clockAheadMs = clockAhead(this.#cloud.clock);
    this.#clockTimer = setInterval(() => this.#passOnClock(), CLOCK_POLL_INTERVAL_MS).unref();
  }

  /** Creates a task without starting it, so that it can be authorized by its ARN. */
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

  /** By id or ARN; `undefined` for an unknown or forgotten task. */
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

  /** Stops all tasks, with a grace period; publishes no more events. */
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
    if (!this.#context) throw new Error("The local ECS has not started yet.");
    return this.#context;
  }

  #get(taskIdOrArn: string): Task {
    const task = this.find(taskIdOrArn);
    if (task) return task;
    throw new Error(`There is no task ${taskIdOrArn}. Known tasks: ${[...this.#byId.keys()].join(", ") || "none"}.`);
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

  /** Passes moves of the clock on to running programs. */
  #passOnClock(): void {
    const aheadMs = clockAhead(this.#cloud.clock);
    if (Math.abs(aheadMs - this.#clockAheadMs) < CLOCK_STEP_MS) return;
    this.#clockAheadMs = aheadMs;
    for (const { containers } of this.#byId.values()) {
      for (const container of containers) if (container.exitCode === undefined) container.moveClock(aheadMs);
    }
  }
}
