import { heapOption, TASK_SIZES, type TaskSize } from "#core/job/task-size";

/** What Fargate lets a task of so much processor have, in MB: https://docs.aws.amazon.com/AmazonECS/latest/developerguide/fargate-tasks-services.html */
const FARGATE: Readonly<Record<number, readonly [least: number, most: number]>> = {
  256: [512, 2_048],
  512: [1_024, 4_096],
  1024: [2_048, 8_192],
  2048: [4_096, 16_384],
  4096: [8_192, 30_720],
};

test.each(Object.entries(TASK_SIZES))("a task of size %s is one that Fargate has", (_, { cpu, memoryMb }) => {
  const [least, most] = FARGATE[cpu] ?? [Infinity, 0];
  expect(memoryMb).toBeGreaterThanOrEqual(least);
  expect(memoryMb).toBeLessThanOrEqual(most);
  expect(memoryMb % 1_024).toBe(0);
});

test.each(Object.keys(TASK_SIZES) as TaskSize[])("Node's heap leaves room in a task of size %s", (size) => {
  const heapMb = Number(heapOption(size).split("=")[1]);
  expect(heapMb).toBeGreaterThan(500);
  expect(heapMb + 300).toBeLessThan(TASK_SIZES[size].memoryMb);
});
