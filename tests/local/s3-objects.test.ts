import { createHash, randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import {
  CopyObjectCommand,
  DeleteObjectCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  GetObjectTaggingCommand,
  HeadBucketCommand,
  PutObjectTaggingCommand,
} from "@aws-sdk/client-s3";
import { failure } from "./failure.ts";
import { startDoomed } from "./kill-nine.ts";
import { BUCKET, bucket, s3UnderTest } from "./s3-under-test.ts";

const s3 = s3UnderTest();

describe("buckets", () => {
  it("have domain names that become their address after http://", async () => {
    const { ref, attributes } = await s3.start();
    expect(ref).toBe(BUCKET);
    expect(attributes.Arn).toBe("arn:aws:s3:::seeds");
    expect(`http://${attributes.RegionalDomainName}`).toBe(`${s3.url}/${BUCKET}`);
    await s3.client.send(new HeadBucketCommand({ Bucket: BUCKET }));
    expect(await failure(s3.client.send(new HeadBucketCommand({ Bucket: "nowhere" })))).toMatchObject({
      name: "NotFound",
    });
  });
});

describe("objects", () => {
  it("are returned as they were put, with type, metadata, ETag and headers", async () => {
    await s3.start();
    const { ETag } = await s3.put("a/b.txt", "hello", {
      ContentType: "text/plain",
      CacheControl: "no-cache",
      Metadata: { owner: "ann" },
    });
    const object = await s3.get("a/b.txt");
    expect(object.text).toBe("hello");
    expect(object).toMatchObject({
      ETag: `"${createHash("md5").update("hello").digest("hex")}"`,
      ContentType: "text/plain",
      CacheControl: "no-cache",
      Metadata: { owner: "ann" },
      ContentLength: 5,
    });
    expect(object.ETag).toBe(ETag);
    expect((await s3.put("empty", Buffer.alloc(0), { ContentLength: 0 })).ETag).toBeDefined();
    expect((await s3.get("empty")).text).toBe("");
  });

  it("can have any key", async () => {
    await s3.start();
    const odd = [
      "a b+c&d",
      "../up",
      "/slash",
      "ünïcödé/💡",
      "<tag>'\"",
      "line\nbreak\r",
      " space at both ends ",
      "100%",
      "1",
      "a//b",
    ];
    for (const key of odd) await s3.put(key, key);
    for (const key of odd) expect((await s3.get(key)).text).toBe(key);
    expect((await s3.keys()).sort()).toEqual([...odd].sort());
    const Delete = { Objects: odd.map((Key) => ({ Key })) };
    const { Deleted } = await s3.client.send(new DeleteObjectsCommand({ Bucket: BUCKET, Delete }));
    expect(Deleted?.map((entry) => entry.Key).sort()).toEqual([...odd].sort());
    expect(await s3.keys()).toEqual([]);
  });

  it("survive a restart, which removes what a killed upload left", async () => {
    await s3.start();
    await s3.put("kept", "bytes", { Metadata: { a: "1" } });
    await s3.put("replaced", "old");
    await s3.put("replaced", "new");
    await s3.restart();
    expect(await s3.get("kept")).toMatchObject({ text: "bytes", Metadata: { a: "1" } });
    expect((await s3.get("replaced")).text).toBe("new");
    expect(await s3.segmentCount()).toBe(2);
  });

  it("are streamed in without a known hash and out in ranges", async () => {
    await s3.start();
    const bytes = randomBytes(3_000_000);
    await s3.put("stream", Readable.from([bytes.subarray(0, 1_000_001), bytes.subarray(1_000_001)]), {
      ContentLength: bytes.length,
    });
    const whole = await s3.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: "stream" }));
    expect(Buffer.from(await whole.Body!.transformToByteArray()).equals(bytes)).toBe(true);
    expect(whole.ContentEncoding).toBeUndefined();
    const middle = await s3.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: "stream", Range: "bytes=10-19" }));
    expect(middle.ContentRange).toBe("bytes 10-19/3000000");
    expect(Buffer.from(await middle.Body!.transformToByteArray())).toEqual(bytes.subarray(10, 20));
    const tail = await s3.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: "stream", Range: "bytes=-5" }));
    expect(Buffer.from(await tail.Body!.transformToByteArray())).toEqual(bytes.subarray(-5));
    expect(await failure(s3.get("stream", { Range: "bytes=3000000-" }))).toMatchObject({ name: "InvalidRange" });
  });

  it("can be deleted, even twice", async () => {
    await s3.start();
    await s3.put("a", "1");
    for (let i = 0; i < 2; i++) await s3.client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: "a" }));
    expect(await failure(s3.get("a"))).toMatchObject({ name: "NoSuchKey", $metadata: { httpStatusCode: 404 } });
    expect(await s3.segmentCount()).toBe(0);
  });

  it("can be replaced while they are being read", async () => {
    await s3.start();
    const bytes = randomBytes(8_000_000);
    await s3.put("big", bytes);
    const reading = await s3.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: "big" }));
    await s3.put("big", "small");
    expect(Buffer.from(await reading.Body!.transformToByteArray()).equals(bytes)).toBe(true);
    expect((await s3.get("big")).text).toBe("small");
  });

  it("are copied with their own metadata or new metadata", async () => {
    await s3.start();
    await s3.put("from here", "text", { ContentType: "text/csv", Metadata: { a: "1" } });
    const CopySource = `${BUCKET}/${encodeURIComponent("from here")}`;
    await s3.client.send(new CopyObjectCommand({ Bucket: BUCKET, Key: "same", CopySource }));
    expect(await s3.get("same")).toMatchObject({ text: "text", ContentType: "text/csv", Metadata: { a: "1" } });
    await s3.client.send(
      new CopyObjectCommand({
        Bucket: BUCKET,
        Key: "other",
        CopySource,
        MetadataDirective: "REPLACE",
        ContentType: "x/y",
      }),
    );
    expect(await s3.head("other")).toMatchObject({ ContentType: "x/y", Metadata: {} });
    expect(
      await failure(s3.client.send(new CopyObjectCommand({ Bucket: BUCKET, Key: "n", CopySource: "seeds/none" }))),
    ).toMatchObject({
      name: "NoSuchKey",
    });
  });

  it("keep tags", async () => {
    await s3.start();
    await s3.put("a", "1", { Tagging: "kind=seed&owner=ann" });
    const tagsOf = async () => (await s3.client.send(new GetObjectTaggingCommand({ Bucket: BUCKET, Key: "a" }))).TagSet;
    expect(await tagsOf()).toEqual([
      { Key: "kind", Value: "seed" },
      { Key: "owner", Value: "ann" },
    ]);
    const Tagging = { TagSet: [{ Key: "kind", Value: "other" }] };
    await s3.client.send(new PutObjectTaggingCommand({ Bucket: BUCKET, Key: "a", Tagging }));
    expect(await tagsOf()).toEqual([{ Key: "kind", Value: "other" }]);
  });
});

describe("conditions", () => {
  it("can be created conditionally once, and replaced only in the version that was read", async () => {
    await s3.start();
    const first = await s3.put("once", "1", { IfNoneMatch: "*" });
    expect(await failure(s3.put("once", "2", { IfNoneMatch: "*" }))).toMatchObject({
      name: "PreconditionFailed",
      $metadata: { httpStatusCode: 412 },
    });
    await s3.put("once", "3", { IfMatch: first.ETag });
    expect(await failure(s3.put("once", "4", { IfMatch: first.ETag }))).toMatchObject({ name: "PreconditionFailed" });
    expect(await failure(s3.put("never", "5", { IfMatch: first.ETag }))).toMatchObject({ name: "NoSuchKey" });
    expect((await s3.get("once")).text).toBe("3");
    expect(await s3.segmentCount()).toBe(1);
  });

  it("have exactly one winner among many concurrent creations", async () => {
    await s3.start();
    const attempts = Array.from({ length: 30 }, (_, i) => s3.put("race", `${i}`, { IfNoneMatch: "*" }));
    const results = await Promise.allSettled(attempts);
    expect(results.filter((result) => result.status === "fulfilled")).toHaveLength(1);
    expect(await s3.segmentCount()).toBe(1);
  });

  it("are not sent to a reader that already has them", async () => {
    await s3.start();
    const { ETag } = await s3.put("a", "1");
    expect(await failure(s3.get("a", { IfNoneMatch: ETag }))).toMatchObject({ $metadata: { httpStatusCode: 304 } });
    expect(await failure(s3.get("a", { IfMatch: '"other"' }))).toMatchObject({ name: "PreconditionFailed" });
    expect(await failure(s3.get("a", { IfModifiedSince: new Date(s3.nowMs + 1000) }))).toMatchObject({
      $metadata: { httpStatusCode: 304 },
    });
    expect((await s3.get("a", { IfMatch: ETag, IfUnmodifiedSince: new Date(0) })).text).toBe("1");
  });
});

describe("a killed process", () => {
  it("keeps every acknowledged object complete and nothing of the one it was receiving", async () => {
    const doomed = await startDoomed("s3", s3.folder, bucket());
    s3.client = s3.clientFor(doomed.url);
    const body = (i: number) => `${i}:`.padEnd(20_000, "x");
    let acknowledged = 0;
    const writing = failure(
      (async () => {
        for (let i = 0; ; i++) {
          await s3.put(`k${i % 50}`, body(i));
          acknowledged = i + 1;
        }
      })(),
    );
    while (acknowledged < 120) await new Promise((resolve) => setTimeout(resolve, 5));
    await doomed.kill();
    await writing;
    s3.client.destroy();

    await s3.start();
    const found = await s3.keys();
    expect(found).toHaveLength(50);
    for (let i = acknowledged - 49; i < acknowledged; i++) {
      const { text } = await s3.get(`k${i % 50}`);
      // The very last write may have taken effect without being acknowledged.
      expect([body(i), body(i + 50)]).toContain(text);
    }
    expect(await s3.segmentCount()).toBe(50);
  });
});
