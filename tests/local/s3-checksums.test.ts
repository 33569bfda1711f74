import { createHash } from "node:crypto";
import { startChecksum } from "../../local/s3/checksums.ts";
import { failure } from "./failure.ts";
import { BUCKET, s3UnderTest } from "./s3-under-test.ts";

const s3 = s3UnderTest();

describe("checksums", () => {
  const known: [Parameters<typeof startChecksum>[0], string][] = [
    ["crc32", "cbf43926"],
    ["crc32c", "e3069283"],
    ["crc64nvme", "ae8b14860a799888"],
    ["sha1", "f7c3bc1d808e04732adf679965ccc34ca7ae3441"],
    ["sha256", "15e2b0d3c33891ebb0f1ef609ec419420c20e320ce94c65fbc8c3312448eb225"],
  ];
  it.each(known)("%s of 123456789 matches its published check value", (algorithm, hex) => {
    const running = startChecksum(algorithm);
    running.update(Buffer.from("1234"));
    running.update(Buffer.from("56789"));
    expect(Buffer.from(running.digest(), "base64").toString("hex")).toBe(hex);
  });

  it.each(["CRC32", "CRC32C", "SHA1", "SHA256"] as const)(
    "%s of an upload is verified, stored and returned",
    async (ChecksumAlgorithm) => {
      await s3.start();
      const name = `Checksum${ChecksumAlgorithm}` as const;
      const { [name]: written } = await s3.put("a", "hello", { ChecksumAlgorithm });
      expect(written).toMatch(/=$/);
      const { [name]: read } = await s3.get("a", { ChecksumMode: "ENABLED" });
      expect(read).toBe(written);
      const wrong = Buffer.from(written!, "base64").reverse().toString("base64");
      const corrupted = await failure(s3.put("b", "hello", { [name]: wrong }));
      expect(corrupted).toMatchObject({ name: "BadDigest", $metadata: { httpStatusCode: 400 } });
      expect(await s3.keys()).toEqual(["a"]);
      expect(await s3.segmentCount()).toBe(1);
    },
  );

  it("reject a body that does not match its CRC64NVME, its MD5 or its signed hash", async () => {
    await s3.start();
    const path = `/${BUCKET}/x`;
    const crc = startChecksum("crc64nvme");
    crc.update(Buffer.from("hello"));
    const right = crc.digest();
    expect((await s3.raw("PUT", path, { "x-amz-checksum-crc64nvme": right }, "hello")).status).toBe(200);
    expect((await s3.raw("PUT", path, { "x-amz-checksum-crc64nvme": right }, "hellO")).body).toContain("BadDigest");
    const md5 = createHash("md5").update("hello").digest("base64");
    expect((await s3.raw("PUT", path, { "content-md5": md5 }, "hello")).status).toBe(200);
    expect((await s3.raw("PUT", path, { "content-md5": md5 }, "hellO")).body).toContain("BadDigest");
    const sha256 = createHash("sha256").update("hello").digest("hex");
    const mismatch = await s3.raw("PUT", path, { "x-amz-content-sha256": sha256 }, "hellO");
    expect(mismatch.body).toContain("XAmzContentSHA256Mismatch");
    expect((await s3.get("x")).text).toBe("hello");
  });

  it("are verified in the trailer of a chunked upload, whose framing never enters the object", async () => {
    await s3.start();
    const crc = startChecksum("crc32");
    crc.update(Buffer.from("hello world"));
    const headers = {
      "content-encoding": "aws-chunked",
      "x-amz-content-sha256": "STREAMING-UNSIGNED-PAYLOAD-TRAILER",
      "x-amz-trailer": "x-amz-checksum-crc32",
      "x-amz-decoded-content-length": "11",
    };
    const body = (checksum: string) => `6\r\nhello \r\n5\r\nworld\r\n0\r\nx-amz-checksum-crc32:${checksum}\r\n\r\n`;
    expect((await s3.raw("PUT", `/${BUCKET}/c`, headers, body(crc.digest()))).status).toBe(200);
    expect((await s3.get("c")).text).toBe("hello world");
    expect((await s3.raw("PUT", `/${BUCKET}/d`, headers, body("AAAAAA=="))).body).toContain("BadDigest");
    expect((await s3.raw("PUT", `/${BUCKET}/d`, headers, "6\r\nhello \r\n5\r\nwo")).body).toContain("IncompleteBody");
    expect(await s3.keys()).toEqual(["c"]);
  });
});
