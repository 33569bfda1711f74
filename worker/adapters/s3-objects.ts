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

/** An object that is waited for so long does not come any more; until its headers are there, the client's own limits hold. */
const IDLE_TIMEOUT_MS = 20_000;
/** Of one object. */
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
      // Its name holds our generation, so we wrote it: an earlier sending whose answer was lost.
      if (error instanceof S3ServiceException && error.name === "PreconditionFailed") return;
      throw error;
    }
  }

  async read(name: string): Promise<string> {
    // As it comes: the SDK would first put all of it together, and parts are large.
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
    // It may break off before anybody reads it; who reads it then hears of that.
    body.on("error", () => {});
    return body;
  }
}

/** What breaks off is asked for again from there: a connection that waited long for its turn may be closed by then. */
class OpenObject implements ObjectBytes {
  #body: Readable;
  #retriesLeft = MAX_RESUMES;

  /** `get`: its bytes from a place on. */
  constructor(
    body: Readable,
    readonly get: (from: number) => Promise<Readable>,
    readonly idleTimeoutMs: number,
  ) {
    this.#body = body;
  }

  async *[Symbol.asyncIterator](): AsyncGenerator<Buffer> {
    for (let at = 0; ; this.#body = await this.get(at)) {
      try {
        for await (const chunk of chunksOf(this.#body, this.idleTimeoutMs)) {
          at += chunk.length;
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

/** A worker reads nothing else that grows old: what a job made before it went on, folded into its dataset. */
function isArchived(error: unknown): boolean {
  return error instanceof S3ServiceException && error.name === "InvalidObjectState";
}

/** To those who may not list a bucket, and a worker needs not, S3 says of what is not there that it is forbidden. */
function isMissing(error: unknown): boolean {
  return error instanceof S3ServiceException && ["NoSuchKey", "AccessDenied"].includes(error.name);
}
