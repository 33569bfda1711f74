/** Tracks restores from the archive, and sends events to EventBridge when one is initiated or completed and when its copy expires. */
import { randomUUID } from "node:crypto";
import { AlarmClock } from "../clock/alarm-clock.ts";
import type { CloudContext } from "../service.ts";
import type { Bucket } from "./bucket.ts";
import { DAY_MS, nextMidnight } from "./lifecycle.ts";
import type { StoredObject } from "./object-store.ts";

type Restoration = NonNullable<StoredObject["restore"]>;

export class Restorations {
  readonly #alarms: AlarmClock;

  /** @param restoreMs how long a restore takes by the cloud's clock */
  constructor(
    private readonly context: CloudContext,
    private readonly restoreMs: number,
  ) {
    this.#alarms = new AlarmClock(context.clock);
  }

  /** Continues the restores of earlier starts. */
  resume(bucket: Bucket): void {
    for (const { key, restore } of bucket.objects.all()) if (restore) this.#await(bucket, key, restore);
  }

  /** Restores a copy that can be read for some days. */
  begin(bucket: Bucket, object: StoredObject, days: number): void {
    const readyAtMs = this.context.clock.now() + this.restoreMs;
    const restore = { readyAtMs, untilMs: nextMidnight(readyAtMs + days * DAY_MS) };
    bucket.objects.commit({ ...object, restore });
    this.#publish(bucket, object, "Object Restore Initiated", {
      requester: this.context.accountId,
      "source-ip-address": "127.0.0.1",
    });
    this.#await(bucket, object.key, restore);
  }

  /** Extends the lifetime of an existing copy. */
  prolong(bucket: Bucket, object: StoredObject & { readonly restore: Restoration }, days: number): void {
    const restore = { ...object.restore, untilMs: nextMidnight(this.context.clock.now() + days * DAY_MS) };
    bucket.objects.commit({ ...object, restore });
    this.#await(bucket, object.key, restore);
  }

  stop(): void {
    this.#alarms.stop();
  }

  #await(bucket: Bucket, key: string, { readyAtMs, untilMs, isAnnounced }: Restoration): void {
    if (!isAnnounced) this.#alarms.at(readyAtMs, () => this.#completed(bucket, key, readyAtMs));
    this.#alarms.at(untilMs, () => this.#expired(bucket, key));
  }

  /** Does nothing if the object was deleted or overwritten, or the event was already sent. */
  #completed(bucket: Bucket, key: string, readyAtMs: number): void {
    const object = bucket.objects.get(key);
    if (object?.restore?.readyAtMs !== readyAtMs || object.restore.isAnnounced) return;
    bucket.objects.commit({ ...object, restore: { ...object.restore, isAnnounced: true } });
    this.#publish(bucket, object, "Object Restore Completed", {
      requester: "s3.amazonaws.com",
      "restore-expiry-time": new Date(object.restore.untilMs).toISOString().replace(/\.\d+Z$/, "Z"),
    });
  }

  /** Does nothing if the object is gone or its copy was extended. */
  #expired(bucket: Bucket, key: string): void {
    const object = bucket.objects.get(key);
    if (!object?.restore || object.restore.untilMs > this.context.clock.now()) return;
    const { restore: _, ...archived } = object;
    bucket.objects.commit(archived);
    this.#publish(bucket, object, "Object Restore Expired", { requester: "s3.amazonaws.com" });
  }

  #publish(bucket: Bucket, { key, bytes, etag, storageClass }: StoredObject, type: string, more: object): void {
    if (!bucket.sendsEvents) return;
    this.context.publish({
      source: "aws.s3",
      "detail-type": type,
      resources: [bucket.arn],
      detail: {
        version: "0",
        bucket: { name: bucket.name },
        object: { key, size: bytes, etag },
        "request-id": randomUUID().replaceAll("-", "").slice(0, 16).toUpperCase(),
        ...more,
        "source-storage-class": storageClass,
      },
    });
  }
}
