/** Objects in S3. */
import type { Readable } from "node:stream";
import type { S3Client } from "@aws-sdk/client-s3";
import { GetObjectCommand, PutObjectCommand, S3ServiceException } from "@aws-sdk/client-s3";
import { Upload } from "@aws-sdk/lib-storage";
import { ObjectMissing, type Objects } from "../ports.ts";

/** The smallest part S3 takes; with two on their way a file costs 15 MB of memory. */
const PART_BYTES = 5 * 1024 * 1024;
const PARTS_AT_ONCE = 2;

export class S3Objects implements Objects {
  constructor(
    readonly client: S3Client,
    readonly bucket: string,
  ) {}

  async putNew(name: string, body: string): Promise<void> {
    try {
      await this.client.send(
        new PutObjectCommand({
          Bucket: this.bucket,
          Key: name,
          Body: body,
          ContentType: "application/x-ndjson",
          IfNoneMatch: "*",
        }),
      );
    } catch (error) {
      // Its name holds our generation, so we wrote it: an earlier sending whose answer was lost.
      if (error instanceof S3ServiceException && error.name === "PreconditionFailed") return;
      throw error;
    }
  }

  async read(name: string): Promise<string> {
    const { Body } = await this.client
      .send(new GetObjectCommand({ Bucket: this.bucket, Key: name }))
      .catch((error: unknown) => {
        throw isMissing(error) ? new ObjectMissing(`There is no object ${name}.`, { cause: error }) : error;
      });
    if (!Body) throw new Error(`The object ${name} came without a body.`);
    return await Body.transformToString("utf-8");
  }

  async upload(name: string, contentType: string, body: Readable, signal: AbortSignal): Promise<void> {
    const upload = new Upload({
      client: this.client,
      params: { Bucket: this.bucket, Key: name, Body: body, ContentType: contentType },
      partSize: PART_BYTES,
      queueSize: PARTS_AT_ONCE,
    });
    const abort = () => void upload.abort().catch(() => {});
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort);
    try {
      await upload.done();
    } finally {
      signal.removeEventListener("abort", abort);
    }
  }
}

/** To those who may not list a bucket, and a worker needs not, S3 says of what is not there that it is forbidden. */
function isMissing(error: unknown): boolean {
  return error instanceof S3ServiceException && ["NoSuchKey", "AccessDenied"].includes(error.name);
}
