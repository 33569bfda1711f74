/** The sizes a task can have: what Fargate allocates, and the most model calls it has in flight. */
export const TASK_SIZES = {
  /** Half a vCPU and a gigabyte sustain 32 calls in flight with headroom. */
  SMALL: { cpu: 512, memoryMb: 1024, callsInFlight: 32 },
  MEDIUM: { cpu: 1024, memoryMb: 2048, callsInFlight: 64 },
  LARGE: { cpu: 2048, memoryMb: 4096, callsInFlight: 128 },
} as const satisfies Record<string, TaskSizeSpec>;

export type TaskSize = keyof typeof TASK_SIZES;
export const DEFAULT_TASK_SIZE: TaskSize = "SMALL";

interface TaskSizeSpec {
  /** In units of 1/1024 vCPU. */
  readonly cpu: number;
  readonly memoryMb: number;
  readonly callsInFlight: number;
}

/** The rest is for sandboxes, buffers and Node itself, which are not on its heap. */
const HEAP_SHARE = 0.6;

/** Set explicitly for Node: the memory a container sees is the machine's, not the task's. */
export function heapOption(size: TaskSize): string {
  return `--max-old-space-size=${Math.floor(TASK_SIZES[size].memoryMb * HEAP_SHARE)}`;
}
