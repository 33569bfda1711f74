/**
 * What Fargate lets a task of so much processor have, in MB:
 * https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html
 */
const MEMORY_MB: Readonly<Record<number, readonly [least: number, most: number]>> = {
  256: [1_024, 2_048],
  512: [1_024, 4_096],
  1024: [2_048, 8_192],
  2048: [4_096, 16_384],
  4096: [8_192, 30_720],
  8192: [16_384, 61_440],
  16384: [32_768, 122_880],
};

/** Whether Fargate has tasks with this much processor (in 1/1024 vCPU) and memory. */
export function isFargateSize({ cpu, memoryMb }: { readonly cpu: number; readonly memoryMb: number }): boolean {
  const [least, most] = MEMORY_MB[cpu] ?? [Infinity, 0];
  const step = cpu >= 16_384 ? 8_192 : cpu >= 8_192 ? 4_096 : 1_024;
  return memoryMb >= least && memoryMb <= most && memoryMb % step === 0;
}
