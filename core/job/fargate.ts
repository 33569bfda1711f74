/**
 * What Fargate lets a task of so much processor (in 1/1024 vCPU) have, in MB:
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
 */
const MEMORY_MB: Readonly<Record<number, readonly number[]>> = {
  256: [512, 1_024, 2_048],
  512: inSteps(1_024, 4_096, 1_024),
  1024: inSteps(2_048, 8_192, 1_024),
  2048: inSteps(4_096, 16_384, 1_024),
  4096: inSteps(8_192, 30_720, 1_024),
  8192: inSteps(16_384, 61_440, 4_096),
  16384: inSteps(32_768, 122_880, 8_192),
};

/** Whether Fargate has tasks with this much processor and memory. */
export function isFargateSize({ cpu, memoryMb }: { readonly cpu: number; readonly memoryMb: number }): boolean {
  return MEMORY_MB[cpu]?.includes(memoryMb) ?? false;
}

function inSteps(least: number, most: number, step: number): number[] {
  return Array.from({ length: (most - least) / step + 1 }, (_, n) => least + n * step);
}
