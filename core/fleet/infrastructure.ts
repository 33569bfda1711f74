/**
 * What a job's workers cost on top of the models: an estimate, since AWS bills it, not us. It is shown beside the model spend
 * and never counts against a budget.
 */
import type { JobCapacity } from "../job/job.ts";
import { NANOS_PER_USD, type Nanos } from "../money/money.ts";
import type { TaskSpec } from "../job/task-size.ts";

/**
 * AWS Fargate, Linux on ARM, us-east-1, on demand, as AWS has listed it for years (aws.amazon.com/fargate/pricing). Not
 * verified again when this was written, 2026-11-25; other regions charge up to a third more.
 */
const VCPU_HOUR_NANOS = 0.03238 * NANOS_PER_USD;
const GB_HOUR_NANOS = 0.00356 * NANOS_PER_USD;
/** What Spot costs of that: AWS says "up to 70% off", and mostly it is. The actual price varies with demand. */
const SPOT_PRICE_RATIO = 0.3;
/** Amazon S3, us-east-1, PUT in the Standard class: $0.005 per thousand; not verified, like the above. */
const PUT_NANOS = 0.000005 * NANOS_PER_USD;

export interface InfrastructureUse {
  /** How long all workers together held a lease. Starting tasks and writing the dataset come on top. */
  readonly workerMs: number;
  /** Parts written, each one request to S3. */
  readonly parts: number;
  /** What each worker has. */
  readonly task: Pick<TaskSpec, "cpu" | "memoryMb">;
  /** SPOT_FIRST tasks that started on demand, for lack of Spot capacity, are counted as Spot. */
  readonly capacity: JobCapacity;
}

export interface InfrastructureCost {
  readonly fargateNanos: Nanos;
  readonly s3Nanos: Nanos;
  readonly totalNanos: Nanos;
}

export function infrastructureCost({ workerMs, parts, task, capacity }: InfrastructureUse): InfrastructureCost {
  const fargateNanos = Math.round((workerMs / 3_600_000) * hourNanos(task, capacity));
  const s3Nanos = Math.round(parts * PUT_NANOS);
  return { fargateNanos, s3Nanos, totalNanos: fargateNanos + s3Nanos };
}

/** The price of one worker per hour, in nano-dollars. */
export function hourNanos({ cpu, memoryMb }: InfrastructureUse["task"], capacity: JobCapacity): Nanos {
  const onDemand = (cpu / 1024) * VCPU_HOUR_NANOS + (memoryMb / 1024) * GB_HOUR_NANOS;
  return Math.round(capacity === "ON_DEMAND" ? onDemand : onDemand * SPOT_PRICE_RATIO);
}
