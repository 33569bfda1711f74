import { hourNanos, infrastructureCost } from "../../../core/fleet/infrastructure.ts";
import type { JobCapacity } from "../../../core/job/job.ts";
import { TASK_SIZES, type TaskSize } from "../../../core/job/task-size.ts";

test.each<[TaskSize, JobCapacity, number]>([
  // Half of $0.03238 and one of $0.00356.
  ["SMALL", "ON_DEMAND", 19_750_000],
  ["MEDIUM", "ON_DEMAND", 39_500_000],
  ["LARGE", "ON_DEMAND", 79_000_000],
  ["SMALL", "SPOT_FIRST", 5_925_000],
])("an hour of a %s worker, %s, costs %d nano-dollars", (taskSize, capacity, nanos) => {
  expect(hourNanos(TASK_SIZES[taskSize], capacity)).toBe(nanos);
});

test.each<[string, { workerMs: number; parts: number }, { fargateNanos: number; s3Nanos: number; totalNanos: number }]>(
  [
    ["no work", { workerMs: 0, parts: 0 }, { fargateNanos: 0, s3Nanos: 0, totalNanos: 0 }],
    ["half an hour", { workerMs: 1_800_000, parts: 0 }, { fargateNanos: 2_962_500, s3Nanos: 0, totalNanos: 2_962_500 }],
    ["a thousand parts", { workerMs: 0, parts: 1_000 }, { fargateNanos: 0, s3Nanos: 5_000_000, totalNanos: 5_000_000 }],
    [
      "both",
      { workerMs: 3_600_000, parts: 3_600 },
      { fargateNanos: 5_925_000, s3Nanos: 18_000_000, totalNanos: 23_925_000 },
    ],
  ],
)("%s", (_, use, cost) => {
  expect(infrastructureCost({ ...use, task: TASK_SIZES.SMALL, capacity: "SPOT_FIRST" })).toEqual(cost);
});
