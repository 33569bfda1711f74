import { readFileSync } from "node:fs";
import { heapOption, TASK_SIZES, type TaskSize } from "../core/job/task-size.ts";
import { readDockerfile } from "../local/ecs/dockerfile.ts";

const { command, env } = readDockerfile(readFileSync(new URL("../worker/Dockerfile", import.meta.url), "utf8"));

/** Node's, as the container starts a worker. */
export const WORKER_FLAGS = command.slice(1, -1);

/** As the container has it, and as the dispatcher adds to it for the smallest task with so many calls in flight, or the largest. */
export function workerEnvironment(inFlight: number): Record<string, string> {
  const sizes = Object.keys(TASK_SIZES) as TaskSize[];
  const size = sizes.find((one) => TASK_SIZES[one].callsInFlight >= inFlight) ?? "LARGE";
  return { ...env, NODE_OPTIONS: heapOption(size) };
}
