/**
 * What a job's workers cost beside the models: an estimate, because it is billed by AWS and not by us. It is shown beside what
 * the models were paid and never counts against a budget.
 */
import type { JobCapacity } from "../job/job.ts";
import { NANOS_PER_USD, type Nanos } from "../money/money.ts";
import { TASK_SIZES, type TaskSize } from "../job/task-size.ts";

/**
 * AWS Fargate, Linux on ARM, us-east-1, on demand, as AWS has listed it for years (aws.amazon.com/fargate/pricing). It could
 * not be looked up again when this was written, 2026-11-25; other regions charge up to a third more.
 */
const VCPU_HOUR_NANOS = 0.03238 * NANOS_PER_USD;
const GB_HOUR_NANOS = 0.00356 * NANOS_PER_USD;
/** What Spot costs of that: "up to 70 % less", as AWS says, and mostly so. The true price moves with demand. */
const SPOT_PRICE_RATIO = 0.3;
/** Amazon S3, us-east-1, PUT of the Standard class: $0.005 for a thousand, known and not looked up like the above. */
const PUT_NANOS = 0.000005 * NANOS_PER_USD;

export interface InfrastructureUse {
  /** How long workers held a lease, all of them together. Starting a task and writing the dataset come on top. */
  readonly workerMs: number;
  /** Parts written: each is one request to S3. */
  readonly parts: number;
  readonly taskSize: TaskSize;
  /** SPOT_FIRST tasks start on demand only where Spot has no capacity; they are counted as Spot. */
  readonly capacity: JobCapacity;
}

export interface InfrastructureCost {
  readonly fargateNanos: Nanos;
  readonly s3Nanos: Nanos;
  readonly totalNanos: Nanos;
}

export function infrastructureCost({ workerMs, parts, taskSize, capacity }: InfrastructureUse): InfrastructureCost {
  const fargateNanos = Math.round((workerMs / 3_600_000) * hourNanos(taskSize, capacity));
  const s3Nanos = Math.round(parts * PUT_NANOS);
  return { fargateNanos, s3Nanos, totalNanos: fargateNanos + s3Nanos };
}

/** The price of one worker for an hour, in nano-dollars. */
export function hourNanos(taskSize: TaskSize, capacity: JobCapacity): Nanos {
  const { cpu, memoryMb } = TASK_SIZES[taskSize];
  const onDemand = (cpu / 1024) * VCPU_HOUR_NANOS + (memoryMb / 1024) * GB_HOUR_NANOS;
  return Math.round(capacity === "ON_DEMAND" ? onDemand : onDemand * SPOT_PRICE_RATIO);
}
