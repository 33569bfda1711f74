import { randomBytes } from "node:crypto";
import { Readable } from "node:stream";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectCommand,
  GetObjectCommand,
  ListMultipartUploadsCommand,
  ListPartsCommand,
  UploadPartCommand,
} from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { failure } from "./failure.ts";
import { BUCKET, s3UnderTest } from "./s3-under-test.ts";

const s3 = s3UnderTest();

describe("multipart uploads", () => {
  const MB = 1024 * 1024;

  it("of lib-storage become one object, readable across its parts", async () => {
    await s3.start();
    const bytes = randomBytes(12 * MB);
    const upload = new Upload({
      client: s3.client,
      params: { Bucket: BUCKET, Key: "big", Body: Readable.from([bytes]), ContentType: "x/y" },
    });
    const { ETag } = await upload.done();
    expect(ETag).toMatch(/-3"$/);
    const object = await s3.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: "big" }));
    expect(object.ContentType).toBe("x/y");
    expect(Buffer.from(await object.Body!.transformToByteArray()).equals(bytes)).toBe(true);
    const Range = `bytes=${5 * MB - 2}-${5 * MB + 2}`;
    const across = await s3.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: "big", Range }));
    expect(Buffer.from(await across.Body!.transformToByteArray())).toEqual(bytes.subarray(5 * MB - 2, 5 * MB + 3));
    await s3.restart();
    const again = await s3.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: "big" }));
    expect(Buffer.from(await again.Body!.transformToByteArray()).equals(bytes)).toBe(true);
  });

  it("stay readable to the end for readers that began before they were deleted", async () => {
    await s3.start();
    const bytes = randomBytes(16 * MB);
    const params = { Bucket: BUCKET, Key: "big", Body: Readable.from([bytes]) };
    await new Upload({ client: s3.client, params }).done();
    const reading = await s3.client.send(new GetObjectCommand({ Bucket: BUCKET, Key: "big" }));
    await s3.client.send(new DeleteObjectCommand({ Bucket: BUCKET, Key: "big" }));
    expect(Buffer.from(await reading.Body!.transformToByteArray()).equals(bytes)).toBe(true);
    while ((await s3.segmentCount()) > 0) await new Promise((resolve) => setTimeout(resolve, 5));
  });

  it("are listed, survive a restart, and keep only the parts that were chosen", async () => {
    await s3.start();
    const { UploadId } = await s3.client.send(new CreateMultipartUploadCommand({ Bucket: BUCKET, Key: "k" }));
    const part = (PartNumber: number, Body: Buffer) =>
      s3.client.send(new UploadPartCommand({ Bucket: BUCKET, Key: "k", UploadId, PartNumber, Body }));
    const large = randomBytes(5 * MB);
    const one = await part(1, large);
    await part(2, Buffer.from("wrong"));
    const two = await part(2, Buffer.from("end"));
    await part(7, Buffer.from("unused"));
    expect(await s3.segmentCount()).toBe(3);
    await s3.restart();
    const { Parts } = await s3.client.send(new ListPartsCommand({ Bucket: BUCKET, Key: "k", UploadId }));
    expect(Parts?.map(({ PartNumber, Size }) => [PartNumber, Size])).toEqual([
      [1, 5 * MB],
      [2, 3],
      [7, 6],
    ]);
    const { Uploads } = await s3.client.send(new ListMultipartUploadsCommand({ Bucket: BUCKET }));
    expect(Uploads).toMatchObject([{ Key: "k", UploadId }]);
    const complete = (parts: { PartNumber: number; ETag?: string | undefined }[], more = {}) =>
      s3.client.send(
        new CompleteMultipartUploadCommand({
          Bucket: BUCKET,
          Key: "k",
          UploadId,
          MultipartUpload: { Parts: parts },
          ...more,
        }),
      );
    const chosen = [
      { PartNumber: 1, ETag: one.ETag },
      { PartNumber: 2, ETag: two.ETag },
    ];
    expect(await failure(complete([...chosen].reverse()))).toMatchObject({ name: "InvalidPartOrder" });
    expect(await failure(complete([{ PartNumber: 1, ETag: two.ETag }]))).toMatchObject({ name: "InvalidPart" });
    await s3.put("k", "already here");
    expect(await failure(complete(chosen, { IfNoneMatch: "*" }))).toMatchObject({ name: "PreconditionFailed" });
    await complete(chosen);
    expect((await s3.head("k")).ContentLength).toBe(5 * MB + 3);
    expect(await failure(complete(chosen))).toMatchObject({ name: "NoSuchUpload" });
    expect(await s3.segmentCount()).toBe(2);
  });

  it("reject small parts in the middle and leave nothing when aborted", async () => {
    await s3.start();
    const { UploadId } = await s3.client.send(new CreateMultipartUploadCommand({ Bucket: BUCKET, Key: "k" }));
    const Parts = [];
    for (const PartNumber of [1, 2]) {
      const { ETag } = await s3.client.send(
        new UploadPartCommand({ Bucket: BUCKET, Key: "k", UploadId, PartNumber, Body: "small" }),
      );
      Parts.push({ PartNumber, ETag });
    }
    const complete = new CompleteMultipartUploadCommand({
      Bucket: BUCKET,
      Key: "k",
      UploadId,
      MultipartUpload: { Parts },
    });
    expect(await failure(s3.client.send(complete))).toMatchObject({ name: "EntityTooSmall" });
    await s3.client.send(new AbortMultipartUploadCommand({ Bucket: BUCKET, Key: "k", UploadId }));
    expect(await s3.segmentCount()).toBe(0);
  });

  it("compute the checksum of the whole object on request", async () => {
    await s3.start();
    const { UploadId } = await s3.client.send(
      new CreateMultipartUploadCommand({
        Bucket: BUCKET,
        Key: "k",
        ChecksumAlgorithm: "CRC32",
        ChecksumType: "FULL_OBJECT",
      }),
    );
    const Body = "the only part";
    const { ETag, ChecksumCRC32 } = await s3.client.send(
      new UploadPartCommand({ Bucket: BUCKET, Key: "k", UploadId, PartNumber: 1, Body, ChecksumAlgorithm: "CRC32" }),
    );
    const done = await s3.client.send(
      new CompleteMultipartUploadCommand({
        Bucket: BUCKET,
        Key: "k",
        UploadId,
        MultipartUpload: { Parts: [{ PartNumber: 1, ETag }] },
      }),
    );
    expect(done).toMatchObject({ ChecksumCRC32, ChecksumType: "FULL_OBJECT" });
  });
});
