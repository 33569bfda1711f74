/** Applies lifecycle rules every minute of the cloud's time, and immediately after the clock was moved. */
import { isExhaustion, reportExhaustion } from "../exhaustion.ts";
import type { Clock } from "../service.ts";
import type { Bucket } from "./bucket.ts";
import { dueAction, isUploadDue } from "./lifecycle.ts";

const EVERY_MS = 60_000;
const LOOK_AT_CLOCK_EVERY_MS = 250;
/** A change of the clocks' difference beyond rounding means that the cloud's clock was moved. */
const MOVED_MS = 1000;

export class LifecycleRunner {
  private ranAtMs = -Infinity;
  private clockOffsetMs = 0;
  private timer: NodeJS.Timeout | undefined;

  constructor(
    private readonly clock: Clock,
    private readonly buckets: () => Iterable<Bucket>,
  ) {}

  start(): void {
    this.timer = setInterval(() => this.runIfDue(), LOOK_AT_CLOCK_EVERY_MS);
    this.timer.unref();
  }

  stop(): void {
    clearInterval(this.timer);
  }

  /** Also runs before each request, so that no request sees an object that a moved clock has just archived or expired. */
  runIfDue(): void {
    const nowMs = this.clock.now();
    const offsetMs = nowMs - Date.now();
    const moved = Math.abs(offsetMs - this.clockOffsetMs) > MOVED_MS;
    if (moved || nowMs - this.ranAtMs >= EVERY_MS) this.run();
  }

  run(): void {
    const nowMs = this.clock.now();
    this.ranAtMs = nowMs;
    this.clockOffsetMs = nowMs - Date.now();
    try {
      for (const bucket of this.buckets()) runBucket(bucket, nowMs);
    } catch (error) {
      // What is left is due again at the next run.
      if (!isExhaustion(error)) throw error;
      reportExhaustion(error);
    }
  }
}

function runBucket(bucket: Bucket, nowMs: number): void {
  if (bucket.lifecycle.rules.length === 0) return;
  for (const object of [...bucket.objects.all()]) {
    const action = dueAction(bucket.lifecycle, object, nowMs);
    if (action.kind === "expire") bucket.objects.remove(object.key);
    if (action.kind === "move") bucket.objects.commit({ ...object, storageClass: action.storageClass });
  }
  for (const upload of bucket.uploads.all()) {
    if (isUploadDue(bucket.lifecycle, upload.key, upload.initiatedMs, nowMs)) bucket.uploads.abort(upload.id);
  }
}
