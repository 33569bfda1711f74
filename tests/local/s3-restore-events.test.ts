import { DeleteObjectCommand, ListObjectsV2Command, RestoreObjectCommand } from "@aws-sdk/client-s3";
import type { CloudEvent } from "../../local/service.ts";
import { BUCKET, bucket, s3UnderTest } from "./s3-under-test.ts";
import { until } from "./until.ts";

const HOUR_MS = 3600 * 1000;
const DAY_MS = 24 * HOUR_MS;
const TELLS = bucket({ NotificationConfiguration: { EventBridgeConfiguration: { EventBridgeEnabled: true } } });
const s3 = s3UnderTest();
let events: CloudEvent[];

beforeEach(() => (events = []));

const start = (resource = TELLS) =>
  s3.start(resource, { publish: (event) => void events.push(event) }, { restoreMs: 4 * HOUR_MS });
const restore = (Key: string, Days = 2) =>
  s3.client.send(new RestoreObjectCommand({ Bucket: BUCKET, Key, RestoreRequest: { Days } }));
const published = () => events.map((event) => `${event["detail-type"]}: ${event.detail.object.key}`);
const hears = (...expected: string[]) => until(() => JSON.stringify(published()) === JSON.stringify(expected));

test("a bucket with EventBridge enabled sends S3's events when a restore is initiated, completed and expired", async () => {
  s3.nowMs = Date.parse("2027-03-01T10:00:00Z");
  await start();
  await s3.put("cold", "12345", { StorageClass: "GLACIER" });
  await restore("cold");
  expect(published()).toEqual(["Object Restore Initiated: cold"]);
  s3.nowMs += 4 * HOUR_MS;
  await hears("Object Restore Initiated: cold", "Object Restore Completed: cold");
  expect(events[1]).toEqual({
    source: "aws.s3",
    "detail-type": "Object Restore Completed",
    resources: ["arn:aws:s3:::seeds"],
    detail: {
      version: "0",
      bucket: { name: BUCKET },
      object: { key: "cold", size: 5, etag: "827ccb0eea8a706c4c34a16891f84e7b" },
      "request-id": expect.stringMatching(/^[0-9A-F]{16}$/),
      requester: "s3.amazonaws.com",
      "restore-expiry-time": "2027-03-04T00:00:00Z",
      "source-storage-class": "GLACIER",
    },
  });
  s3.nowMs = Date.parse("2027-03-04T00:00:01Z");
  await until(() => events.length === 3);
  expect(published()[2]).toBe("Object Restore Expired: cold");
  expect((await s3.head("cold")).Restore).toBeUndefined();
});

test("an extended copy expires at its new time, and a deleted object gets no event", async () => {
  await start();
  for (const key of ["kept", "removed"]) await s3.put(key, "x", { StorageClass: "GLACIER" });
  await restore("kept", 1);
  await restore("removed", 1);
  await s3.client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: "removed" }));
  s3.nowMs += 4 * HOUR_MS;
  await until(() => published().includes("Object Restore Completed: kept"));
  await restore("kept", 9);
  s3.nowMs += 5 * DAY_MS;
  // Another object goes through all events, so whatever was due before has been sent.
  await s3.put("later", "x", { StorageClass: "GLACIER" });
  await restore("later", 1);
  s3.nowMs += 4 * HOUR_MS;
  await until(() => published().includes("Object Restore Completed: later"));
  expect(published().filter((text) => /Expired|Completed: removed/.test(text))).toEqual([]);
  expect((await s3.get("kept")).text).toBe("x");
});

test("a restore in progress when the cloud stopped completes after the next start, once", async () => {
  await start();
  await s3.put("cold", "x", { StorageClass: "DEEP_ARCHIVE" });
  await restore("cold");
  const again = async () => {
    s3.client.destroy();
    await s3.service?.stop();
    await start();
    await s3.service?.ready?.();
  };
  await again();
  s3.nowMs += 5 * HOUR_MS;
  await hears("Object Restore Initiated: cold", "Object Restore Completed: cold");
  await again();
  s3.nowMs += 4 * DAY_MS;
  await hears("Object Restore Initiated: cold", "Object Restore Completed: cold", "Object Restore Expired: cold");
});

test("a bucket without EventBridge sends no events", async () => {
  await start(bucket());
  await s3.put("cold", "x", { StorageClass: "GLACIER" });
  await restore("cold");
  expect(published()).toEqual([]);
});

test("a listing includes the restore status on request", async () => {
  await start();
  await s3.put("a", "x", { StorageClass: "GLACIER" });
  await s3.put("b", "x", { StorageClass: "GLACIER" });
  await s3.put("c", "x");
  await restore("a");
  const list = async (more: object) =>
    (await s3.client.send(new ListObjectsV2Command({ Bucket: BUCKET, ...more }))).Contents?.map((object) => [
      object.StorageClass,
      object.RestoreStatus,
    ]);
  const asked = { OptionalObjectAttributes: ["RestoreStatus"] };
  expect(await list(asked)).toEqual([
    ["GLACIER", { IsRestoreInProgress: true }],
    ["GLACIER", undefined],
    ["STANDARD", undefined],
  ]);
  s3.nowMs += 4 * HOUR_MS;
  expect((await list(asked))?.[0]).toEqual([
    "GLACIER",
    { IsRestoreInProgress: false, RestoreExpiryDate: expect.any(Date) },
  ]);
  expect((await list({}))?.[0]).toEqual(["GLACIER", undefined]);
});
