/** The `aws-chunked` framing of uploads: `SIZE[;chunk-signature=…]`, bytes, …, size 0, trailers. */
import { Transform } from "node:stream";
import type { TransformCallback } from "node:stream";
import { AwsError } from "../service.ts";
import { invalidRequest } from "./errors.ts";

const MAX_LINE_BYTES = 16 * 1024;

/** Checks the signature of each chunk (chunk-signature.ts). */
export interface ChunkVerifier {
  bytes(chunk: Buffer): void;
  /** @throws AwsError `SignatureDoesNotMatch` */
  chunkEnd(signature: string | undefined): void;
  /** @throws AwsError `SignatureDoesNotMatch` */
  trailersEnd(trailers: Readonly<Record<string, string>>): void;
}

export class AwsChunkedDecoder extends Transform {
  /** Names in lowercase; complete once the stream has ended. */
  readonly trailers: Record<string, string> = {};
  private state: "size" | "bytes" | "bytesEnd" | "trailers" | "done" = "size";
  private remaining = 0;
  private signature: string | undefined;
  private buffered: Buffer = Buffer.alloc(0);

  constructor(private readonly verifier?: ChunkVerifier) {
    super();
  }

  override _transform(chunk: Buffer, _encoding: BufferEncoding, callback: TransformCallback): void {
    this.buffered = this.buffered.length > 0 ? Buffer.concat([this.buffered, chunk]) : chunk;
    try {
      while (this.step());
      callback();
    } catch (error) {
      callback(error as Error);
    }
  }

  override _flush(callback: TransformCallback): void {
    // Some clients end right after the last size, without an empty line.
    const complete = this.state === "done" || this.state === "trailers";
    if (!complete) {
      callback(new AwsError(400, "IncompleteBody", "The request body ended inside a chunk."));
      return;
    }
    try {
      this.verifier?.trailersEnd(this.trailers);
      callback();
    } catch (error) {
      callback(error as Error);
    }
  }

  /** Whether something was consumed. */
  private step(): boolean {
    switch (this.state) {
      case "size":
        return this.readSize();
      case "bytes":
        return this.readBytes();
      case "bytesEnd":
        return this.readBytesEnd();
      case "trailers":
        return this.readTrailer();
      case "done":
        this.buffered = Buffer.alloc(0);
        return false;
    }
  }

  private readSize(): boolean {
    const line = this.takeLine();
    if (line === undefined) return false;
    const match = /^([0-9a-f]+)(?:;chunk-signature=([0-9a-f]+))?$/i.exec(line);
    if (!match) throw invalidRequest("A chunk must begin with its size in hexadecimal.");
    this.remaining = parseInt(match[1]!, 16);
    this.signature = match[2];
    this.state = this.remaining > 0 ? "bytes" : "trailers";
    if (this.remaining === 0) this.verifier?.chunkEnd(this.signature);
    return true;
  }

  private readBytes(): boolean {
    if (this.buffered.length === 0) return false;
    const taken = this.buffered.subarray(0, this.remaining);
    this.buffered = this.buffered.subarray(taken.length);
    this.remaining -= taken.length;
    this.verifier?.bytes(taken);
    this.push(taken);
    if (this.remaining === 0) this.state = "bytesEnd";
    return true;
  }

  private readBytesEnd(): boolean {
    if (this.buffered.length < 2) return false;
    if (this.buffered.toString("latin1", 0, 2) !== "\r\n")
      throw invalidRequest("A chunk is longer than its declared size.");
    this.buffered = this.buffered.subarray(2);
    this.verifier?.chunkEnd(this.signature);
    this.state = "size";
    return true;
  }

  private readTrailer(): boolean {
    const line = this.takeLine();
    if (line === undefined) return false;
    if (line === "") {
      this.state = "done";
      return true;
    }
    const colon = line.indexOf(":");
    if (colon > 0) this.trailers[line.slice(0, colon).trim().toLowerCase()] = line.slice(colon + 1).trim();
    return true;
  }

  private takeLine(): string | undefined {
    const end = this.buffered.indexOf("\r\n");
    if (end < 0) {
      if (this.buffered.length > MAX_LINE_BYTES) throw invalidRequest("A line of the chunked body is too long.");
      return undefined;
    }
    const line = this.buffered.toString("latin1", 0, end);
    this.buffered = this.buffered.subarray(end + 2);
    return line;
  }
}
