/**
 * Uploads to S3 of streams whose length nobody knows. Ours, because a file costs one buffer here: what is gathered in it is then
 * on its way from it, and the stream waits. lib-storage's Upload holds two to four, and a dataset is many files side by side.
 */
import type { Readable } from "node:stream";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  PutObjectCommand,
  UploadPartCommand,
  type CompletedPart,
  type S3Client,
} from "@aws-sdk/client-s3";

/** The smallest part S3 takes. */
const PART_BYTES = 5 * 1024 * 1024;

export interface Place {
  readonly Bucket: string;
  readonly Key: string;
  readonly ContentType: string;
}

/** @throws what the stream or S3 throws, or the signal's reason; then nothing of it is left */
export async function upload(client: S3Client, place: Place, body: Readable, signal: AbortSignal): Promise<void> {
  signal.throwIfAborted();
  const stop = () => body.destroy(signal.reason as Error);
  signal.addEventListener("abort", stop);
  const sent = new Parts(client, place, signal);
  try {
    for await (const { data, isLast } of inParts(body)) {
      if (isLast && !sent.isBegun) return void (await sent.whole(data));
      await sent.part(data);
    }
    await sent.complete();
  } catch (error) {
    await sent.abort();
    throw error;
  } finally {
    signal.removeEventListener("abort", stop);
  }
}

class Parts {
  #uploadId: string | undefined;
  readonly #done: CompletedPart[] = [];

  readonly #options: { readonly abortSignal: AbortSignal };

  constructor(
    readonly client: S3Client,
    readonly place: Place,
    abortSignal: AbortSignal,
  ) {
    this.#options = { abortSignal };
  }

  get isBegun(): boolean {
    return this.#uploadId !== undefined;
  }

  async whole(data: Buffer): Promise<void> {
    await this.client.send(new PutObjectCommand({ ...this.place, Body: data }), this.#options);
  }

  async part(data: Buffer): Promise<void> {
    this.#uploadId ??= await this.#begin();
    const PartNumber = this.#done.length + 1;
    const order = { ...this.#upload, PartNumber, Body: data };
    const { ETag, ChecksumCRC32 } = await this.client.send(new UploadPartCommand(order), this.#options);
    this.#done.push({ PartNumber, ETag, ChecksumCRC32 });
  }

  async complete(): Promise<void> {
    const order = { ...this.#upload, MultipartUpload: { Parts: this.#done } };
    await this.client.send(new CompleteMultipartUploadCommand(order), this.#options);
  }

  /** S3 lets go of what this leaves behind after a day. */
  async abort(): Promise<void> {
    if (this.isBegun) await this.client.send(new AbortMultipartUploadCommand(this.#upload)).catch(() => {});
  }

  async #begin(): Promise<string | undefined> {
    const order = { ...this.place, ChecksumAlgorithm: "CRC32" } as const;
    return (await this.client.send(new CreateMultipartUploadCommand(order), this.#options)).UploadId;
  }

  get #upload() {
    const { Bucket, Key } = this.place;
    return { Bucket, Key, UploadId: this.#uploadId };
  }
}

/** Parts of the same length, but for the last, which may be empty. Each is good until the next is asked for. */
async function* inParts(body: Readable): AsyncGenerator<{ data: Buffer; isLast: boolean }> {
  const part = Buffer.allocUnsafeSlow(PART_BYTES);
  let length = 0;
  for await (const chunk of body as AsyncIterable<Buffer>) {
    for (let at = 0; at < chunk.length;) {
      if (length === PART_BYTES) {
        yield { data: part, isLast: false };
        length = 0;
      }
      const copied = chunk.copy(part, length, at);
      length += copied;
      at += copied;
    }
  }
  yield { data: part.subarray(0, length), isLast: true };
}
