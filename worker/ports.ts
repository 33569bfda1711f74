/** What the worker needs from the outside world: implemented by adapters on AWS, and by doubles in tests. */
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
   * Applies a change. `false`: a condition failed and nothing was changed. If it throws, the outcome is unclear, and the same
   * change may be sent again.
   */
  write(change: Change): Promise<boolean>;
}

/** There is no such object. */
export class ObjectNotFound extends Error {
  override readonly name = "ObjectNotFound";
}

/** The bytes of an object, to be read once, as a stream. */
export interface ObjectBytes extends AsyncIterable<Uint8Array> {
  /** Discards what was not read. */
  destroy(): void;
}

/** The objects of the bucket. */
export interface Objects {
  /**
   * Writes an object if it does not exist; if it does, we wrote it with the same bytes. Once it resolves, the body's buffer may
   * be reused.
   */
  putIfAbsent(name: string, body: string | Buffer): Promise<void>;
  /** @throws ObjectNotFound; PlotPaletteError when the object is archived */
  read(name: string): Promise<string>;
  /** @throws as `read` */
  open(name: string): Promise<ObjectBytes>;
  /** Writes an object of unknown length from a stream. Aborting leaves nothing behind. */
  upload(name: string, contentType: string, body: Readable, signal: AbortSignal): Promise<void>;
}

/** A turn of a conversation. */
export interface ChatTurn {
  readonly role: "user" | "assistant";
  readonly text: string;
}

/** One call of a model, with everything sent. */
export interface ModelRequest {
  readonly modelId: string;
  readonly system?: string;
  /** The conversation before the prompt, which is the user's last turn. */
  readonly turns: readonly ChatTurn[];
  readonly prompt: string;
  readonly maxTokens: number;
  readonly temperature?: number;
  readonly topP?: number;
  readonly stop?: readonly string[];
  /** The JSON Schema that the answer must match. */
  readonly schema?: Readonly<Record<string, unknown>>;
}

export interface ModelAnswer {
  /** The text; of a model that was made to call a tool, the JSON of the tool's input. */
  readonly text: string;
  /** What the model thought before it answered, parted from the answer; absent if it did not, or its server does not say. */
  readonly reasoning?: string;
  readonly stopReason: string;
  /** The address of the server, if it stands in for Bedrock. */
  readonly server?: string;
  /** If absent, the worst case is charged. */
  readonly usage?: { readonly inputTokens: number; readonly outputTokens: number };
}

export interface ModelClient {
  /** @throws ModelError */
  converse(request: ModelRequest, signal: Signal): Promise<ModelAnswer>;
}

/**
 * throttled: too many requests; retry later. transient: an error that may succeed on retry. unclear: no answer came, so the
 * call may have been billed. inaccessible: every call of this model will fail. invalid: this request will fail on any model,
 * which says nothing about other requests.
 */
export type ModelErrorKind = "throttled" | "transient" | "unclear" | "inaccessible" | "invalid";

export class ModelError extends Error {
  constructor(
    readonly kind: ModelErrorKind,
    /** One sentence, suitable as a failed record's reason. */
    message: string,
    options?: ErrorOptions,
    /** The service's Retry-After, if it sent one. */
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

/** Reports progress to subscribers, and returns what the job's owner wants. */
export interface Reporter {
  /** @throws when the report could not be delivered; reports are cumulative, so the next one makes up for it */
  report(shardNo?: number, shard?: Omit<ShardReport, "reportedAt">): Promise<Control>;
}

export interface Clock {
  /** Wall-clock time, which machines agree on: for leases and dates. */
  nowMs(): number;
  /** For durations: never goes backward. */
  monotonicMs(): number;
  /** Calls `action` after `ms`. @returns a function that cancels it */
  after(ms: number, action: () => void): () => void;
}

export interface Log {
  info(message: string, fields?: Readonly<Record<string, unknown>>): void;
  warn(message: string, fields?: Readonly<Record<string, unknown>>): void;
}

export interface Ports {
  readonly store: Store;
  readonly objects: Objects;
  readonly model: ModelClient;
  readonly reporter: Reporter;
  readonly clock: Clock;
  readonly log: Log;
  /** Numbers in [0, 1), for what must differ between workers, such as backoff jitter. */
  readonly random: () => number;
}

/** Which job this worker works on, and how. */
export interface Settings {
  readonly jobId: string;
  readonly seedSetOwner: string;
  /** Identifies this worker in the leases it holds. */
  readonly task: string;
  /** Maximum calls in flight. */
  readonly concurrency: number;
  /** How far work in a shard may go beyond its lowest slot that is not done. */
  readonly windowSlots: number;
  /** The account's per-minute limits by model ID; the tasks of a job share them. */
  readonly modelLimits?: Readonly<Record<string, ModelLimits>>;
  readonly leaseMs: number;
  /** Time between flushes. */
  readonly flushIntervalMs: number;
  /** On SIGTERM, calls may take this long to finish before they are aborted and charged their worst case. */
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
