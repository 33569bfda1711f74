/**
 * Uploads streams of unknown length to S3. Custom, because S3 accepts no part smaller than 5 MB, and a dataset is many files
 * uploaded at once, of which lib-storage's Upload holds two to four parts each in memory. Here each file's data is buffered on
 * disk, and one part at a time, over all files, is read from there and sent.
 */
import { setMaxListeners } from "node:events";
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
import { ScratchFile, type Region } from "./scratch-file.ts";

/** The smallest part S3 accepts. */
const PART_BYTES = 5 * 1024 * 1024;

export interface UploadTarget {
  readonly Bucket: string;
  readonly Key: string;
  readonly ContentType: string;
}

export class Uploads {
  readonly #scratch = new ScratchFile(PART_BYTES);
  readonly #sender: Sender;

  constructor(client: S3Client) {
    this.#sender = new Sender(client);
  }

  /** @throws what the stream, the disk or S3 throws, or the signal's reason; then nothing is left behind */
  async send(target: UploadTarget, body: Readable, signal: AbortSignal): Promise<void> {
    signal.throwIfAborted();
    // All files of a dataset share one signal; Node warns of a leak above ten listeners.
    setMaxListeners(0, signal);
    const stop = () => body.destroy(signal.reason as Error);
    signal.addEventListener("abort", stop);
    const upload = new Upload(this.#sender, this.#scratch, target, signal);
    try {
      for await (const chunk of body as AsyncIterable<Buffer>) await upload.add(chunk);
      await upload.complete();
    } catch (error) {
      await upload.abort();
      throw error;
    } finally {
      signal.removeEventListener("abort", stop);
    }
  }
}

/** Sends regions from disk one at a time: all uploads share one buffer. */
class Sender {
  #buffer: Buffer | undefined;
  #last: Promise<unknown> = Promise.resolve();

  constructor(readonly client: S3Client) {}

  /** @param send must be done with the bytes when it resolves */
  async sendInTurn<T>(region: Region, send: (data: Buffer) => Promise<T>): Promise<T> {
    const done = this.#last.then(async () => {
      this.#buffer ??= Buffer.allocUnsafeSlow(PART_BYTES);
      return await send(await region.read(this.#buffer));
    });
    this.#last = done.catch(() => {});
    return await done;
  }
}

class Upload {
  #buffered: Region;
  #uploadId: string | undefined;
  readonly #parts: CompletedPart[] = [];
  /** The part being sent. */
  #sending: Promise<void> = Promise.resolve();
  readonly #options: { readonly abortSignal: AbortSignal };

  constructor(
    readonly sender: Sender,
    readonly scratch: ScratchFile,
    readonly target: UploadTarget,
    abortSignal: AbortSignal,
  ) {
    this.#buffered = scratch.allocate();
    this.#options = { abortSignal };
  }

  async add(chunk: Buffer): Promise<void> {
    for (let at = 0; at < chunk.length;) {
      if (this.#buffered.remainingBytes === 0) await this.#sendPart();
      const piece = chunk.subarray(at, at + this.#buffered.remainingBytes);
      await this.#buffered.add(piece);
      at += piece.length;
    }
  }

  async complete(): Promise<void> {
    if (this.#uploadId === undefined) await this.#sendWhole();
    else {
      await this.#sendPart();
      await this.#sending;
      const input = { ...this.#upload, MultipartUpload: { Parts: this.#parts } };
      await this.#client.send(new CompleteMultipartUploadCommand(input), this.#options);
    }
    this.scratch.free(this.#buffered);
  }

  /** If this fails, the bucket's lifecycle rule removes the upload after a day. */
  async abort(): Promise<void> {
    await this.#sending.catch(() => {});
    this.scratch.free(this.#buffered);
    if (this.#uploadId !== undefined)
      await this.#client.send(new AbortMultipartUploadCommand(this.#upload)).catch(() => {});
  }

  async #sendWhole(): Promise<void> {
    await this.sender.sendInTurn(this.#buffered, (Body) =>
      this.#client.send(new PutObjectCommand({ ...this.target, Body }), this.#options),
    );
  }

  /** Resolves when the part is being sent; the next is buffered meanwhile. */
  async #sendPart(): Promise<void> {
    await this.#sending;
    this.#uploadId ??= await this.#begin();
    const full = this.#buffered;
    this.#buffered = this.scratch.allocate();
    const PartNumber = this.#parts.length + 1;
    this.#sending = this.sender
      .sendInTurn(full, async (Body) => {
        const input = { ...this.#upload, PartNumber, Body };
        const { ETag, ChecksumCRC32 } = await this.#client.send(new UploadPartCommand(input), this.#options);
        this.#parts.push({ PartNumber, ETag, ChecksumCRC32 });
      })
      .finally(() => this.scratch.free(full));
    // A failure surfaces when the next part, or the end, is sent.
    this.#sending.catch(() => {});
  }

  async #begin(): Promise<string | undefined> {
    const input = { ...this.target, ChecksumAlgorithm: "CRC32" } as const;
    return (await this.#client.send(new CreateMultipartUploadCommand(input), this.#options)).UploadId;
  }

  get #upload() {
    const { Bucket, Key } = this.target;
    return { Bucket, Key, UploadId: this.#uploadId };
  }

  get #client(): S3Client {
    return this.sender.client;
  }
}
