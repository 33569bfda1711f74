import {
  CreateMultipartUploadCommand,
  ListMultipartUploadsCommand,
  RestoreObjectCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { failure } from "./failure.ts";
import { BUCKET, bucket, s3UnderTest } from "./s3-under-test.ts";

const DAY_MS = 24 * 3600 * 1000;
const s3 = s3UnderTest();

describe("lifecycle", () => {
  const rules = (...Rules: object[]) =>
    bucket({ LifecycleConfiguration: { Rules, TransitionDefaultMinimumObjectSize: "varies_by_storage_class" } });

  it("archives objects when their rule is due, at midnight, and restores them for some days", async () => {
    s3.nowMs = Date.parse("2027-03-01T10:00:00Z");
    await s3.start(
      rules({
        Status: "Enabled",
        Prefix: "datasets/",
        Transitions: [{ StorageClass: "GLACIER", TransitionInDays: "3" }],
      }),
    );
    await s3.put("datasets/a", "data");
    await s3.put("parts/a", "part");
    s3.nowMs = Date.parse("2027-03-04T23:00:00Z");
    expect((await s3.get("datasets/a")).text).toBe("data");
    s3.nowMs = Date.parse("2027-03-05T00:00:00Z");
    expect(await failure(s3.get("datasets/a"))).toMatchObject({ name: "InvalidObjectState", StorageClass: "GLACIER" });
    expect((await s3.get("parts/a")).text).toBe("part");
    expect((await s3.head("datasets/a")).StorageClass).toBe("GLACIER");

    const restore = (Days: number) =>
      s3.client.send(new RestoreObjectCommand({ Bucket: BUCKET, Key: "datasets/a", RestoreRequest: { Days } }));
    expect((await restore(1)).$metadata.httpStatusCode).toBe(202);
    expect((await restore(2)).$metadata.httpStatusCode).toBe(200);
    expect((await s3.get("datasets/a")).text).toBe("data");
    expect((await s3.head("datasets/a")).Restore).toBe(
      'ongoing-request="false", expiry-date="Sun, 07 Mar 2027 00:00:00 GMT"',
    );
    s3.nowMs = Date.parse("2027-03-07T00:00:01Z");
    expect(await failure(s3.get("datasets/a"))).toMatchObject({ name: "InvalidObjectState" });
    expect(s3.gate.asked).toContainEqual({ action: "s3:RestoreObject", resource: "arn:aws:s3:::seeds/datasets/a" });
    expect(
      await failure(
        s3.client.send(new RestoreObjectCommand({ Bucket: BUCKET, Key: "parts/a", RestoreRequest: { Days: 1 } })),
      ),
    ).toMatchObject({ name: "InvalidObjectState" });
  });

  it("reports a restore in progress", async () => {
    await s3.start(bucket(), {}, { restoreMs: 3 * 3600 * 1000 });
    await s3.put("cold", "x", { StorageClass: "DEEP_ARCHIVE" });
    const restore = new RestoreObjectCommand({ Bucket: BUCKET, Key: "cold", RestoreRequest: { Days: 1 } });
    await s3.client.send(restore);
    expect((await s3.head("cold")).Restore).toBe('ongoing-request="true"');
    expect(await failure(s3.client.send(restore))).toMatchObject({ name: "RestoreAlreadyInProgress" });
    expect(await failure(s3.get("cold"))).toMatchObject({ name: "InvalidObjectState" });
    s3.nowMs += 4 * 3600 * 1000;
    expect((await s3.get("cold")).text).toBe("x");
  });

  it("reads GLACIER_IR immediately, and keeps small objects warm unless the rules say otherwise", async () => {
    const Transitions = [{ StorageClass: "GLACIER_IR", TransitionInDays: 1 }];
    await s3.start(bucket({ LifecycleConfiguration: { Rules: [{ Status: "Enabled", Transitions }] } }));
    await s3.put("small", "x");
    await s3.put("large", Buffer.alloc(200 * 1024));
    s3.nowMs += 3 * DAY_MS;
    expect((await s3.head("small")).StorageClass).toBeUndefined();
    expect((await s3.head("large")).StorageClass).toBe("GLACIER_IR");
    expect((await s3.get("large")).ContentLength).toBe(200 * 1024);
  });

  it("expires objects by prefix and tag, and aborts unfinished uploads", async () => {
    await s3.start(
      rules(
        { Status: "Enabled", Prefix: "tmp/", TagFilters: [{ Key: "keep", Value: "no" }], ExpirationInDays: 1 },
        { Status: "Enabled", AbortIncompleteMultipartUpload: { DaysAfterInitiation: 1 } },
        { Status: "Disabled", ExpirationInDays: 1 },
      ),
    );
    await s3.put("tmp/a", "1", { Tagging: "keep=no" });
    await s3.put("tmp/b", "1");
    await s3.put("other", "1", { Tagging: "keep=no" });
    const { UploadId } = await s3.client.send(new CreateMultipartUploadCommand({ Bucket: BUCKET, Key: "u" }));
    await s3.client.send(new UploadPartCommand({ Bucket: BUCKET, Key: "u", UploadId, PartNumber: 1, Body: "x" }));
    expect((await s3.head("tmp/a")).Expiration).toContain("expiry-date");
    s3.nowMs += 2 * DAY_MS;
    expect(await s3.keys()).toEqual(["other", "tmp/b"]);
    const { Uploads } = await s3.client.send(new ListMultipartUploadsCommand({ Bucket: BUCKET }));
    expect(Uploads).toBeUndefined();
    expect(await s3.segmentCount()).toBe(2);
  });
});
