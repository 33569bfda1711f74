/** Objects in S3. */
import type { Readable } from "node:stream";
import { StringDecoder } from "node:string_decoder";
import type { S3Client } from "@aws-sdk/client-s3";
import { GetObjectCommand, PutObjectCommand, S3ServiceException } from "@aws-sdk/client-s3";
import { RECORDS_ARCHIVED } from "#core/dataset/archive";
import { PlotPaletteError } from "#core/errors";
import { ObjectNotFound, type ObjectBytes, type Objects } from "../ports.ts";
import { chunksOf } from "../streams.ts";
import { Uploads } from "./upload.ts";

/** After this long without data, the rest will not arrive; until the headers arrive, the client's own timeouts apply. */
const IDLE_TIMEOUT_MS = 20_000;
/** Per object. */
const MAX_RESUMES = 3;

export class S3Objects implements Objects {
  readonly #uploads: Uploads;

  constructor(
    readonly client: S3Client,
    readonly bucket: string,
    readonly idleTimeoutMs = IDLE_TIMEOUT_MS,
  ) {
    this.#uploads = new Uploads(client);
  }

  async putIfAbsent(name: string, body: string | Buffer): Promise<void> {
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
      // Its name contains our generation, so we wrote it: an earlier attempt whose answer was lost.
      if (error instanceof S3ServiceException && error.name === "PreconditionFailed") return;
      throw error;
    }
  }

  async read(name: string): Promise<string> {
    // Decoded as it arrives: the SDK would first buffer all of it, and parts are large.
    const decoder = new StringDecoder("utf8");
    let text = "";
    for await (const chunk of await this.open(name)) text += decoder.write(chunk);
    return text + decoder.end();
  }

  async open(name: string): Promise<ObjectBytes> {
    return new OpenObject(await this.#get(name), (from) => this.#get(name, from), this.idleTimeoutMs);
  }

  async upload(name: string, contentType: string, body: Readable, signal: AbortSignal): Promise<void> {
    await this.#uploads.send({ Bucket: this.bucket, Key: name, ContentType: contentType }, body, signal);
  }

  async #get(name: string, from = 0): Promise<Readable> {
    const { Body } = await this.client
      .send(new GetObjectCommand({ Bucket: this.bucket, Key: name, ...(from > 0 && { Range: `bytes=${from}-` }) }))
      .catch((error: unknown) => {
        if (isMissing(error)) throw new ObjectNotFound(`There is no object ${name}.`, { cause: error });
        throw isArchived(error) ? new PlotPaletteError("Conflict", RECORDS_ARCHIVED, { cause: error }) : error;
      });
    if (!Body) throw new Error(`The object ${name} came without a body.`);
    const body = Body as Readable;
    // The connection may break before anyone reads; the error then surfaces on reading.
    body.on("error", () => {});
    return body;
  }
}

/** Resumes where a connection broke off: one that waited long for its turn may have been closed. */
class OpenObject implements ObjectBytes {
  #body: Readable;
  #retriesLeft = MAX_RESUMES;

  /** `get`: its bytes from an offset on. */
  constructor(
    body: Readable,
    readonly get: (from: number) => Promise<Readable>,
    readonly idleTimeoutMs: number,
  ) {
    this.#body = body;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    for (let offset = 0; ; this.#body = await this.get(offset)) {
      try {
        for await (const chunk of chunksOf(this.#body, this.idleTimeoutMs)) {
          offset += chunk.length;
          yield chunk;
        }
        return;
      } catch (error) {
        if (this.#retriesLeft-- === 0) throw error;
      }
    }
  }

  destroy(): void {
    this.#retriesLeft = 0;
    this.#body.destroy();
  }
}

/** The only old objects a worker reads: what a job generated before it was resumed, compacted into its dataset. */
function isArchived(error: unknown): boolean {
  return error instanceof S3ServiceException && error.name === "InvalidObjectState";
}

/** Without permission to list the bucket, which a worker does not need, S3 answers AccessDenied for a missing object. */
function isMissing(error: unknown): boolean {
  return error instanceof S3ServiceException && ["NoSuchKey", "AccessDenied"].includes(error.name);
}
