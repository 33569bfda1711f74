/** What the worker needs of the world. Adapters play it on AWS, doubles in tests. */
import type { Readable } from "node:stream";
import type { JobStatus } from "#core/job/job";
import type { ModelLimits } from "#core/models/adaptive-limit";
import type { ShardReport } from "#core/shard/shard-row";
import type { Change, RowKey } from "#core/change";
import type { Signal } from "./signal.ts";

export type Row = Readonly<Record<string, any>>;

/** The rows of the jobs table; reads are consistent. */
export interface Store {
  read(key: RowKey): Promise<Row | undefined>;
  /** In the order of the keys. */
  readAll(keys: readonly RowKey[]): Promise<(Row | undefined)[]>;
  /**
   * Carries out a change. `false`: a condition did not hold, nothing was changed. A throw is an unclear answer: the same
   * change may be sent again.
   */
  write(change: Change): Promise<boolean>;
}

/** There is no such object. */
export class ObjectNotFound extends Error {
  override readonly name = "ObjectMissing";
}

/** The bytes of an object, to be read once as they come. */
export interface ObjectBytes extends AsyncIterable<Uint8Array> {
  /** Lets go of what was not read. */
  destroy(): void;
}

/** The objects of the bucket. */
export interface Objects {
  /**
   * Writes an object that does not exist; one that exists was written by us with the same bytes. Once it resolves the body's
   * bytes may change.
   */
  putIfAbsent(name: string, body: string | Buffer): Promise<void>;
  /** @throws ObjectMissing; PlotPaletteError when the object is archived */
  read(name: string): Promise<string>;
  /** @throws as `read` */
  open(name: string): Promise<ObjectBytes>;
  /** Writes an object of unknown length as its bytes come. Aborting leaves nothing behind. */
  upload(name: string, contentType: string, body: Readable, signal: AbortSignal): Promise<void>;
}

/** A turn of a conversation. */
export interface Turn {
  readonly role: "user" | "assistant";
  readonly text: string;
}

/** One call of a model, with all that is sent. */
export interface ModelRequest {
  readonly modelId: string;
  readonly system?: string;
  /** The conversation before the prompt, which is the user's last turn. */
  readonly turns: readonly Turn[];
  readonly prompt: string;
  readonly maxTokens: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly stop?: readonly string[];
  /** The answer is to be an object of this JSON Schema. */
  readonly schema?: Readonly<Record<string, unknown>>;
}

export interface ModelAnswer {
  /** The text; of a model that was made to call a tool, the JSON text of what it called it with. */
  readonly text: string;
  readonly stopReason: string;
  /** Absent when the answer did not tell: then the worst case is charged. */
  readonly usage?: { readonly inputTokens: number; readonly outputTokens: number };
}

export interface ModelClient {
  /** @throws ModelError */
  converse(request: ModelRequest, signal: Signal): Promise<ModelAnswer>;
}

/**
 * throttled: too many requests, later again. passing: an error answer that a later call may not get. unclear: no answer came,
 * so the call may have been paid. hopeless: every call of this model will fail. invalid: this request will, whichever model
 * gets it, and it says nothing about others.
 */
export type ModelErrorKind = "throttled" | "passing" | "unclear" | "hopeless" | "invalid";

export class ModelError extends Error {
  constructor(
    readonly kind: ModelErrorKind,
    /** A sentence that can stand in a failed record. */
    message: string,
    options?: ErrorOptions,
    /** How long the service wants to be left alone; absent when it did not say. */
    readonly retryAfterMs?: number,
  ) {
    super(message, options);
    this.name = "ModelError";
  }
}

export interface Control {
  readonly status: JobStatus;
  readonly controlNo: number;
}

/** Tells the watchers, and hears what the job's owner wants. */
export interface Reporter {
  /** @throws when nobody could be told; the news are cumulative, so the next ones make up for it */
  report(shardNo?: number, shard?: Omit<ShardReport, "reportedAt">): Promise<Control>;
}

export interface Clock {
  /** For leases and dates: what other machines agree on. */
  nowMs(): number;
  /** For durations: never set back. */
  monotonicMs(): number;
  /** Calls `action` after a while, unless the answer is called before. */
  after(ms: number, action: () => void): () => void;
}

export interface Log {
  info(message: string, facts?: Readonly<Record<string, unknown>>): void;
  warn(message: string, facts?: Readonly<Record<string, unknown>>): void;
}

export interface Ports {
  readonly store: Store;
  readonly objects: Objects;
  readonly model: ModelClient;
  readonly reporter: Reporter;
  readonly clock: Clock;
  readonly log: Log;
  /** Numbers in [0, 1) for what must differ between workers: how long to back off. */
  readonly random: () => number;
}

/** Whose job this worker works for, and how. */
export interface Settings {
  readonly jobId: string;
  readonly seedSetOwner: string;
  /** Names this worker in the leases it holds. */
  readonly task: string;
  /** Calls in flight at most. */
  readonly concurrency: number;
  /** What the account may do a minute with single models, by their ids; the tasks of a job share it. */
  readonly modelLimits?: Readonly<Record<string, ModelLimits>>;
  readonly leaseMs: number;
  /** Between flushes. */
  readonly flushIntervalMs: number;
  /** A call without an answer is given up after this long, and charged its worst case. */
  readonly callTimeoutMs: number;
  /** After being told to stop, calls may finish for this long before they are aborted. */
  readonly drainTimeoutMs: number;
}

export async function sleep(clock: Clock, ms: number, signal?: Signal): Promise<void> {
  if (signal?.aborted) return;
  await new Promise<void>((resolve) => {
    const wake = () => {
      cancel();
      signal?.removeEventListener("abort", wake);
      resolve();
    };
    const cancel = clock.after(ms, wake);
    signal?.addEventListener("abort", wake);
  });
}
