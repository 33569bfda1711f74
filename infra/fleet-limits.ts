/** How many tasks may run, and of which sizes, from the context: `cdk deploy -c tasksPerOwner=8 -c tasksOverall=200`. */
import type { Construct } from "constructs";
import { isFargateSize } from "../core/job/fargate.ts";
import { MAX_IN_FLIGHT, TASK_SIZES, type TaskLimits, type TaskSize, type TaskSizes } from "../core/job/task-size.ts";

const TASKS_PER_OWNER = 4;
const TASKS_OVERALL = 50;

export interface FleetContext extends TaskLimits {
  readonly tasksPerOwner: number;
  readonly tasksOverall: number;
}

/**
 * From the context `tasksPerOwner`, `tasksPerJob` (by default as many), `tasksOverall` and `taskSizes`, of which each entry
 * replaces what it names: `{"LARGE": {"callsInFlight": 256}}`.
 * @throws Error naming the entry that is not usable
 */
export function fleetContext(scope: Construct): FleetContext {
  const tasksPerOwner = countOf(scope, "tasksPerOwner", TASKS_PER_OWNER);
  return {
    tasksPerOwner,
    tasksPerJob: Math.min(tasksPerOwner, countOf(scope, "tasksPerJob", tasksPerOwner)),
    tasksOverall: countOf(scope, "tasksOverall", TASKS_OVERALL),
    sizes: taskSizes(scope.node.tryGetContext("taskSizes")),
  };
}

function countOf(scope: Construct, name: string, usual: number): number {
  const given: unknown = scope.node.tryGetContext(name) ?? usual;
  const count = Number(given);
  if (Number.isInteger(count) && count >= 1) return count;
  throw new Error(`The context "${name}" must be a whole number of at least 1, not ${JSON.stringify(given)}.`);
}

function taskSizes(context: unknown): TaskSizes {
  const given: unknown = typeof context === "string" ? JSON.parse(context) : (context ?? {});
  if (typeof given !== "object" || given === null || Array.isArray(given))
    throw new Error('The context "taskSizes" must be an object by size, such as {"LARGE": {"callsInFlight": 256}}.');
  for (const [size, spec] of Object.entries(given)) checkSpec(size, spec);
  const sizes = Object.entries(TASK_SIZES).map(([size, spec]) => [
    size,
    { ...spec, ...(given as Partial<TaskSizes>)[size as TaskSize] },
  ]);
  const all = Object.fromEntries(sizes) as TaskSizes;
  for (const [size, spec] of Object.entries(all))
    if (!isFargateSize(spec))
      throw new Error(
        `Fargate has no task with ${spec.cpu} CPU units and ${spec.memoryMb} MB; correct "taskSizes" of ${size}.`,
      );
  return all;
}

function checkSpec(size: string, spec: unknown): void {
  if (!(size in TASK_SIZES))
    throw new Error(`The context "taskSizes" names "${size}"; sizes are ${Object.keys(TASK_SIZES).join(", ")}.`);
  const names = Object.keys(TASK_SIZES.SMALL);
  for (const [name, value] of Object.entries(spec ?? {}))
    if (!names.includes(name) || !Number.isInteger(value) || value < 1)
      throw new Error(
        `The context "taskSizes" of ${size} must have whole numbers for ${names.join(", ")}, but it has "${name}": ${JSON.stringify(value)}.`,
      );
  const { callsInFlight } = (spec ?? {}) as Partial<TaskSizes[TaskSize]>;
  if (callsInFlight !== undefined && callsInFlight > MAX_IN_FLIGHT)
    throw new Error(
      `A task has at most ${MAX_IN_FLIGHT} calls in flight, but "taskSizes" gives ${size} ${callsInFlight}.`,
    );
}
