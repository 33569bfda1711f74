import { readFileSync } from "node:fs";
import { heapOption, TASK_SIZES, type TaskSize } from "../core/job/task-size.ts";
import { readDockerfile } from "../local/ecs/dockerfile.ts";

const { command, env } = readDockerfile(readFileSync(new URL("../worker/Dockerfile", import.meta.url), "utf8"));

/** Node's flags, as in the worker's container. */
export const WORKER_FLAGS = command.slice(1, -1);

/** The container's, plus what the dispatcher sets for the smallest task size that allows that many calls in flight, or the largest. */
export function workerEnvironment(inFlight: number): Record<string, string> {
  const sizes = Object.keys(TASK_SIZES) as TaskSize[];
  const size = sizes.find((one) => TASK_SIZES[one].callsInFlight >= inFlight) ?? "LARGE";
  return { ...env, NODE_OPTIONS: heapOption(TASK_SIZES[size]) };
}
