/** In-memory implementations of the ports, with the same conditions as the real ones. */
import { Readable } from "node:stream";
import { priceOf } from "#core/money/money";
import { findModel } from "#core/models/models";
import type { JobRow } from "#core/job/job-row";
import type { ShardReport } from "#core/shard/shard-row";
import { jobKey } from "#core/keys";
import { meetsCondition, type Change, type RowKey, type Write } from "#core/change";
import {
  ModelError,
  ObjectNotFound,
  sleep,
  type Clock,
  type Control,
  type ModelClient,
  type ModelAnswer,
  type ModelRequest,
} from "../../worker/ports.ts";
import type { Objects, Reporter, Row, Store } from "../../worker/ports.ts";
import type { Signal } from "../../worker/signal.ts";

export class MemoryStore implements Store {
  readonly rows = new Map<string, Row>();
  readonly #applied = new Set<string>();

  async read(key: RowKey): Promise<Row | undefined> {
    return structuredClone(this.rows.get(nameOf(key)));
  }

  async readAll(keys: readonly RowKey[]): Promise<(Row | undefined)[]> {
    return keys.map((key) => structuredClone(this.rows.get(nameOf(key))));
  }

  async write({ writes, idempotencyToken }: Change): Promise<boolean> {
    if (writes.length > 1 && this.#applied.has(idempotencyToken)) return true;
    const names = writes.map(({ key }) => nameOf(key));
    if (new Set(names).size < names.length) throw new Error("A transaction may name each row only once.");
    if (idempotencyToken.length < 1 || idempotencyToken.length > 36)
      throw new Error(`The token "${idempotencyToken}" is not 1 to 36 characters long.`);
    if (!writes.every((write) => this.#allowed(write))) return false;
    for (const write of writes) this.#apply(write);
    this.#applied.add(idempotencyToken);
    return true;
  }

  put(key: RowKey, row: object): void {
    this.rows.set(nameOf(key), { ...row, ...key });
  }

  #allowed({ key, kind, when }: Write): boolean {
    const row = this.rows.get(nameOf(key));
    return kind === "put" ? row === undefined : row !== undefined && meetsCondition(row, when);
  }

  #apply({ key, kind, set, add, remove }: Write): void {
    if (kind === "check") return;
    const row: Record<string, any> = { ...this.rows.get(nameOf(key)), ...key, ...structuredClone(set) };
    for (const [name, value] of Object.entries(add ?? {})) row[name] = (row[name] ?? 0) + value;
    for (const name of remove ?? []) delete row[name];
    this.rows.set(nameOf(key), row);
  }
}

function nameOf({ pk, sk }: RowKey): string {
  return `${pk}|${sk}`;
}

export class MemoryObjects implements Objects {
  readonly files = new Map<string, string | Buffer>();

  async putIfAbsent(name: string, body: string | Buffer): Promise<void> {
    const known = this.files.get(name);
    const text = body.toString();
    if (known !== undefined && known !== text) throw new Error(`${name} was written before with other bytes.`);
    this.files.set(name, text);
  }

  async read(name: string): Promise<string> {
    const file = this.files.get(name);
    if (file === undefined) throw new ObjectNotFound(`There is no ${name}.`);
    return file.toString();
  }

  async open(name: string): Promise<Readable> {
    return Readable.from([Buffer.from(await this.read(name))]);
  }

  async upload(name: string, _contentType: string, body: Readable, signal: AbortSignal): Promise<void> {
    const chunks: Buffer[] = [];
    for await (const chunk of body) chunks.push(chunk as Buffer);
    signal.throwIfAborted();
    this.files.set(name, Buffer.concat(chunks));
  }
}

/** The same store or objects, with some methods replaced. */
export function withOther<T extends object>(one: T, otherwise: Partial<T>): T {
  // Bound, because only the original has its private members.
  const memberOf = (name: string | symbol): unknown => {
    const member: unknown = Reflect.get(one, name);
    return typeof member === "function" ? member.bind(one) : member;
  };
  return new Proxy(one, { get: (_, name) => Reflect.get(otherwise, name) ?? memberOf(name) });
}

export interface LoggedCall {
  readonly request: ModelRequest;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly costNanos: number;
}

/** The model's answer to a call: text, or an error. */
export type Behaviour = (
  request: ModelRequest,
  callNo: number,
) => string | ModelError | { text: string; reasoning?: string; stopReason: string };

/** A model that answers after a delay and logs what it answered, like a bill. */
export class FakeModel implements ModelClient {
  readonly log: LoggedCall[] = [];
  begun = 0;
  inFlight = 0;
  mostInFlight = 0;

  constructor(
    readonly clock: Clock,
    public behaviour: Behaviour,
    public latencyMs: (callNo: number) => number,
  ) {}

  async converse(request: ModelRequest, signal: Signal): Promise<ModelAnswer> {
    const callNo = this.begun++;
    this.inFlight += 1;
    this.mostInFlight = Math.max(this.mostInFlight, this.inFlight);
    await sleep(this.clock, this.latencyMs(callNo), signal);
    this.inFlight -= 1;
    if (signal.aborted) throw new ModelError("unclear", "The call was aborted.");
    const answer = this.behaviour(request, callNo);
    if (answer instanceof ModelError) throw answer;
    const said = typeof answer === "string" ? { text: answer, stopReason: "end_turn" } : answer;
    const { text } = said;
    const sent = [request.system ?? "", ...request.turns.map(({ text: turn }) => turn), request.prompt].join("");
    const inputTokens = Math.ceil(sent.length / 4);
    const outputTokens = Math.min(request.maxTokens, Math.ceil(text.length / 4));
    const model = findModel(request.modelId);
    if (!model) throw new Error(`No model ${request.modelId}.`);
    this.log.push({ request, inputTokens, outputTokens, costNanos: priceOf(model, inputTokens, outputTokens) });
    return { ...said, usage: { inputTokens, outputTokens } };
  }
}

/** Receives reports and returns the job's state, as the API does. */
export class MemoryReporter implements Reporter {
  readonly reports: { shardNo: number; atMs: number; report: Omit<ShardReport, "reportedAt"> }[] = [];
  isDown = false;

  constructor(
    readonly store: MemoryStore,
    readonly jobId: string,
    readonly clock: Clock,
  ) {}

  async report(shardNo?: number, report?: Omit<ShardReport, "reportedAt">): Promise<Control> {
    if (this.isDown) throw new Error("The API is down.");
    if (shardNo !== undefined && report) this.reports.push({ shardNo, atMs: this.clock.nowMs(), report });
    const job = (await this.store.read(jobKey(this.jobId))) as JobRow;
    return { status: job.status, controlNo: job.controlNo };
  }
}
