import { createHash, randomBytes } from "node:crypto";
import type { Readable } from "node:stream";
import { gunzipSync } from "node:zlib";
import { UploadPartCommand, type S3Client } from "@aws-sdk/client-s3";
import { Uploads } from "../../../worker/adapters/upload.ts";
import { Sink } from "../../../worker/export/sink.ts";
import type { Objects } from "../../../worker/ports.ts";

const signal = new AbortController().signal;

/** A store that accepts objects as configured. */
const storeThat = (upload: (body: Readable) => Promise<void>): Objects => ({
  putIfAbsent: () => Promise.reject(new Error("not asked for")),
  read: () => Promise.reject(new Error("not asked for")),
  open: () => Promise.reject(new Error("not asked for")),
  upload: (_name, _contentType, body) => upload(body),
});

const keeping = (chunks: Buffer[]) =>
  storeThat(async (body) => {
    for await (const chunk of body) chunks.push(chunk as Buffer);
  });

test.each([false, true])("reports size and checksum of the stored object, gzip: %s", async (gzip) => {
  const chunks: Buffer[] = [];
  const sink = new Sink({ objects: keeping(chunks), name: "a", contentType: "text/plain", gzip, signal });
  const lines = Array.from({ length: 20_000 }, (_, n) => `line ${n} with ümlauts\n`);
  for (const line of lines) await sink.text(line);
  const sha256 = await sink.end();
  const stored = Buffer.concat(chunks);
  expect((gzip ? gunzipSync(stored) : stored).toString()).toBe(lines.join(""));
  expect(sink.bytes).toBe(stored.length);
  expect(sha256).toBe(createHash("sha256").update(stored).digest("hex"));
});

test.each([false, true])("a writer blocked by backpressure sees that the upload failed, gzip: %s", async (gzip) => {
  const objects = storeThat(async (body) => {
    for await (const chunk of body) throw new Error(`no room for ${typeof chunk}`);
  });
  const sink = new Sink({ objects, name: "a", contentType: "text/plain", gzip, signal });
  const noise = () => Buffer.from(Array.from({ length: 100_000 }, () => Math.floor(Math.random() * 256)));
  const writing = async () => {
    for (;;) await sink.data(noise());
  };
  await expect(writing()).rejects.toThrow("no room for object");
  await expect(sink.end()).rejects.toThrow();
  sink.destroy();
});

test.each([false, true])("and that S3 rejected a part, gzip: %s", async (gzip) => {
  const send = async (command: object) => {
    await new Promise((resolve) => setTimeout(resolve, 20));
    if (command instanceof UploadPartCommand) throw new Error("S3 is out of order");
    return { UploadId: "u" };
  };
  const place = { Bucket: "b", Key: "a", ContentType: "text/plain" };
  const uploads = new Uploads({ send } as unknown as S3Client);
  const objects = storeThat((body) => uploads.send(place, body, signal));
  const sink = new Sink({ objects, name: "a", contentType: "text/plain", gzip, signal });
  const writing = async () => {
    for (;;) await sink.data(randomBytes(100_000));
  };
  await expect(writing()).rejects.toThrow("S3 is out of order");
  await expect(sink.end()).rejects.toThrow();
  sink.destroy();
});

test("a store that fails immediately fails the next write and the end", async () => {
  const objects = storeThat(() => Promise.reject(new Error("no such bucket")));
  const sink = new Sink({ objects, name: "a", contentType: "text/plain", signal });
  await new Promise((resolve) => setImmediate(resolve));
  await expect(sink.data(Buffer.from("a"))).rejects.toThrow("no such bucket");
  await expect(sink.end()).rejects.toThrow("no such bucket");
});
