/** The sizes a task can have, and how many tasks of which size share a job's model calls. */
import { PlotPaletteError } from "../errors.ts";

/** What Fargate allocates to a task, and the most model calls it has in flight. */
export interface TaskSpec {
  /** In units of 1/1024 vCPU. */
  readonly cpu: number;
  readonly memoryMb: number;
  readonly callsInFlight: number;
}

/** From the smallest. */
const SIZES = ["SMALL", "MEDIUM", "LARGE"] as const;
export type TaskSize = (typeof SIZES)[number];
export type TaskSizes = Readonly<Record<TaskSize, TaskSpec>>;
export const DEFAULT_TASK_SIZE: TaskSize = "SMALL";

/** What a deployment's sizes are unless it chooses others. */
export const TASK_SIZES: TaskSizes = {
  /** Half a vCPU and a gigabyte sustain 32 calls in flight with headroom. */
  SMALL: { cpu: 512, memoryMb: 1024, callsInFlight: 32 },
  MEDIUM: { cpu: 1024, memoryMb: 2048, callsInFlight: 64 },
  LARGE: { cpu: 2048, memoryMb: 4096, callsInFlight: 128 },
};

/** The most calls in flight that a job can ask for. */
export const MAX_IN_FLIGHT = 512;

/** What a deployment allows a job. */
export interface TaskLimits {
  readonly sizes: TaskSizes;
  /** The most tasks of one job at a time. */
  readonly tasksPerJob: number;
}

/** A job's tasks. */
export interface TaskPlan {
  readonly taskSize: TaskSize;
  readonly task: TaskSpec;
  /** The most at a time. */
  readonly maxTasks: number;
}

/**
 * The fewest tasks that together have as many calls in flight as requested, of the smallest size that can; each has the same
 * share, rounded down. Without a request, as many tasks as the deployment allows.
 * @throws PlotPaletteError BadInput when it is out of range, or no number of such tasks can
 */
export function planTasks(
  { inFlight, taskSize }: { readonly inFlight?: number | null; readonly taskSize?: TaskSize | null },
  { sizes, tasksPerJob }: TaskLimits,
): TaskPlan {
  if (inFlight === undefined || inFlight === null) {
    const size = taskSize ?? DEFAULT_TASK_SIZE;
    return { taskSize: size, task: sizes[size], maxTasks: tasksPerJob };
  }
  if (!Number.isInteger(inFlight) || inFlight < 1 || inFlight > MAX_IN_FLIGHT)
    throwBadInput(`The calls in flight must be a whole number from 1 to ${MAX_IN_FLIGHT}, not ${inFlight}.`);
  const allowed = taskSize ? [taskSize] : SIZES;
  const size = allowed.find((one) => sizes[one].callsInFlight * tasksPerJob >= inFlight);
  if (!size) return throwTooMany(inFlight, taskSize, { sizes, tasksPerJob });
  const maxTasks = Math.ceil(inFlight / sizes[size].callsInFlight);
  return { taskSize: size, task: { ...sizes[size], callsInFlight: Math.floor(inFlight / maxTasks) }, maxTasks };
}

function throwTooMany(
  inFlight: number,
  taskSize: TaskSize | null | undefined,
  { sizes, tasksPerJob }: TaskLimits,
): never {
  const size = taskSize ?? "LARGE";
  const { callsInFlight } = sizes[size];
  const tasks = tasksPerJob === 1 ? "1 task" : `${tasksPerJob} tasks`;
  const larger = taskSize && taskSize !== "LARGE" ? ", or choose a larger task size" : "";
  throwBadInput(
    `${inFlight} calls in flight are more than ${tasks} of the size ${size} can have here; ask for at most ${callsInFlight * tasksPerJob}${larger}.`,
  );
}

/** The rest is for sandboxes, buffers and Node itself, which are not on its heap. */
const HEAP_SHARE = 0.6;

/** Set explicitly for Node: the memory a container sees is the machine's, not the task's. */
export function heapOption({ memoryMb }: Pick<TaskSpec, "memoryMb">): string {
  return `--max-old-space-size=${Math.floor(memoryMb * HEAP_SHARE)}`;
}

function throwBadInput(message: string): never {
  throw new PlotPaletteError("BadInput", message);
}
