import { isFargateSize } from "#core/job/fargate";
import { heapOption, planTasks, TASK_SIZES, type TaskLimits, type TaskSize } from "#core/job/task-size";

test.each(Object.entries(TASK_SIZES))("a task of size %s is one that Fargate has", (_, spec) => {
  expect(isFargateSize(spec)).toBe(true);
});

test.each([
  [{ cpu: 256, memoryMb: 512 }],
  [{ cpu: 512, memoryMb: 4_096 }],
  [{ cpu: 4_096, memoryMb: 30_720 }],
  [{ cpu: 16_384, memoryMb: 40_960 }],
])("Fargate has a task with %o", (spec) => {
  expect(isFargateSize(spec)).toBe(true);
});

test.each([
  [{ cpu: 256, memoryMb: 1_536 }],
  [{ cpu: 700, memoryMb: 2_048 }],
  [{ cpu: 512, memoryMb: 8_192 }],
  [{ cpu: 1_024, memoryMb: 2_500 }],
  [{ cpu: 8_192, memoryMb: 17_408 }],
])("Fargate has no task with %o", (spec) => {
  expect(isFargateSize(spec)).toBe(false);
});

test.each(Object.keys(TASK_SIZES) as TaskSize[])("Node's heap leaves room in a task of size %s", (size) => {
  const heapMb = Number(heapOption(TASK_SIZES[size]).split("=")[1]);
  expect(heapMb).toBeGreaterThan(500);
  expect(heapMb + 300).toBeLessThan(TASK_SIZES[size].memoryMb);
});

describe("the tasks of a job", () => {
  const LIMITS: TaskLimits = { sizes: TASK_SIZES, tasksPerJob: 4 };

  test.each<[string, Parameters<typeof planTasks>[0], [TaskSize, number, number]]>([
    ["as many as allowed, small ones, without a request", {}, ["SMALL", 4, 32]],
    ["of the size requested", { taskSize: "LARGE" }, ["LARGE", 4, 128]],
    ["one for few calls", { inFlight: 8 }, ["SMALL", 1, 8]],
    ["as few as possible", { inFlight: 33 }, ["SMALL", 2, 16]],
    ["of the smallest size that can", { inFlight: 129 }, ["MEDIUM", 3, 43]],
    ["of the size requested even if a smaller one could", { inFlight: 8, taskSize: "LARGE" }, ["LARGE", 1, 8]],
    ["all of the largest for the most", { inFlight: 512 }, ["LARGE", 4, 128]],
  ])("%s", (_, request, [taskSize, maxTasks, callsInFlight]) => {
    expect(planTasks(request, LIMITS)).toEqual({
      taskSize,
      maxTasks,
      task: { ...TASK_SIZES[taskSize], callsInFlight },
    });
  });

  test("never have more calls in flight than requested, and lack fewer than there are tasks", () => {
    for (let inFlight = 1; inFlight <= 512; inFlight++) {
      const { maxTasks, task } = planTasks({ inFlight }, LIMITS);
      expect(maxTasks).toBeLessThanOrEqual(4);
      expect(maxTasks * task.callsInFlight).toBeLessThanOrEqual(inFlight);
      expect(maxTasks * task.callsInFlight).toBeGreaterThan(inFlight - maxTasks);
    }
  });

  test.each<[Parameters<typeof planTasks>[0], Partial<TaskLimits>, string]>([
    [{ inFlight: 0 }, {}, "The calls in flight must be a whole number from 1 to 512, not 0."],
    [{ inFlight: 513 }, {}, "The calls in flight must be a whole number from 1 to 512, not 513."],
    [
      { inFlight: 200, taskSize: "SMALL" },
      {},
      "200 calls in flight are more than 4 tasks of the size SMALL can have here; ask for at most 128, or choose a larger task size.",
    ],
    [
      { inFlight: 200 },
      { tasksPerJob: 1 },
      "200 calls in flight are more than 1 task of the size LARGE can have here; ask for at most 128.",
    ],
  ])("%o cannot be had with %o", (request, limits, sentence) => {
    expect(() => planTasks(request, { ...LIMITS, ...limits })).toThrow(sentence);
  });
});
