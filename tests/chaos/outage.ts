/** Services with injected faults: slow, failing before or after a request takes effect, or receiving it twice. */
import { Readable } from "node:stream";
import { hashOf, randomOf } from "#core/random";
import type { Change } from "#core/change";
import { ModelError, sleep, type ModelAnswer, type ModelRequest, type Ports } from "../../worker/ports.ts";
import type { Signal } from "../../worker/signal.ts";
import type { World } from "../worker/world.ts";
import type { EventLog, Kind } from "./event-log.ts";
import type { Ledger } from "./ledger.ts";
import type { Plan, Rates } from "./plan.ts";

const OBJECT_MS = 120;

/** An injected service error. A worker may crash on it, and on nothing else. */
export class Outage extends Error {
  override readonly name = "Outage";
}

export interface BadDay {
  readonly plan: Plan;
  readonly world: World;
  readonly eventLog: EventLog;
  readonly ledger: Ledger;
  /** Whether one more loss would rightly fail a record. */
  isFragile(): boolean;
}

/** One worker's view of the services. */
export function badDay(day: BadDay, task: string): Ports {
  const { world, plan, eventLog, ledger } = day;
  const random = randomOf("outage", plan.seed, task);
  const meets = (rate: keyof Rates, kind: Kind, detail: string) => {
    if (random() >= plan.rates[rate]) return false;
    eventLog.count(kind, `${task} ${detail}`);
    return true;
  };
  const loses = (rate: keyof Rates, kind: Kind, detail: string) => !day.isFragile() && meets(rate, kind, detail);
  const pass = (mostMs: number) => sleep(world.clock, random() * mostMs);
  const ports = world.ports();

  const write = async (change: Change): Promise<boolean> => {
    const what = nameOf(change);
    await pass(plan.storeMs);
    if (meets("storeBefore", "DynamoDB failed before the write", what))
      throw new Outage("The connection broke before.");
    let done = await ledger.write(task, change);
    await pass(plan.storeMs);
    // The client retried on its own, and sees only the second answer.
    if (meets("storeTwice", "DynamoDB request duplicated", what)) done = await ledger.write(task, change);
    if (meets("storeAfter", "DynamoDB failed after the write", what)) throw new Outage("The connection broke after.");
    return done;
  };
  const read = async <T>(answer: () => Promise<T>): Promise<T> => {
    await pass(plan.storeMs);
    if (loses("storeUnreadable", "DynamoDB read failed", "")) throw new Outage("The table could not be read.");
    const rows = await answer();
    await pass(plan.storeMs);
    return rows;
  };
  const put = async (name: string, effect: () => Promise<void>): Promise<void> => {
    await pass(OBJECT_MS);
    if (loses("objectBefore", "S3 failed before the write", name)) throw new Outage("S3 failed before.");
    await effect();
    if (loses("objectAfter", "S3 failed after the write", name)) throw new Outage("S3 failed after.");
    await pass(OBJECT_MS);
  };
  const breaksOff = (name: string) => loses("objectUnreadable", "S3 read interrupted", name);

  return {
    ...ports,
    random: randomOf("worker", plan.seed, task),
    store: {
      write,
      read: (key) => read(() => ports.store.read(key)),
      readAll: (keys) => read(() => ports.store.readAll(keys)),
    },
    objects: {
      read: async (name) => {
        if (breaksOff(name)) throw new Outage("S3 broke off.");
        return await ports.objects.read(name);
      },
      open: async (name) =>
        breaksOff(name) ? Readable.from(firstHalf(await ports.objects.read(name))) : await ports.objects.open(name),
      putIfAbsent: (name, body) =>
        put(name, async () => {
          await ports.objects.putIfAbsent(name, body);
          if (meets("objectTwice", "S3 request duplicated", name)) await ports.objects.putIfAbsent(name, body);
        }),
      upload: (name, type, body, signal) => put(name, () => ports.objects.upload(name, type, body, signal)),
    },
    model: { converse: (request, signal) => converse(day, { task, luck: random() }, request, signal) },
    reporter: {
      report: async (shardNo, report) => {
        await pass(plan.storeMs);
        if (meets("reportLost", "progress report lost", "")) throw new Outage("The API could not be reached.");
        return await ports.reporter.report(shardNo, report);
      },
    },
  };
}

async function* firstHalf(text: string): AsyncGenerator<Buffer> {
  yield Buffer.from(text.slice(0, text.length / 2));
  throw new Outage("S3 broke off.");
}

/** Bedrock bills every answer it has started, even if the caller is gone. */
async function converse(
  day: BadDay,
  { task, luck }: { task: string; luck: number },
  request: ModelRequest,
  signal: Signal,
): Promise<ModelAnswer> {
  const { world, eventLog } = day;
  const { rates } = day.plan;
  if (luck < rates.throttled) {
    await sleep(world.clock, 40);
    eventLog.count("Bedrock throttled", task);
    throw new ModelError("throttled", "Too many requests.");
  }
  if (luck < rates.throttled + rates.serverError) {
    await sleep(world.clock, 300);
    eventLog.count("Bedrock answered 500", task);
    throw new ModelError("transient", "The service failed.");
  }
  let endWatch: () => void = () => {};
  const aborted = new Promise<never>((_, reject) => {
    const abort = () => {
      eventLog.count("call aborted", task);
      reject(new ModelError("unclear", "The call was aborted."));
    };
    if (signal.aborted) abort();
    signal.addEventListener("abort", abort);
    endWatch = () => signal.removeEventListener("abort", abort);
  });
  const answered = await Promise.race([world.model.converse(request, new AbortController().signal), aborted]);
  endWatch();
  const answer = isOvercounted(day, request) ? overcounted(answered) : answered;
  if (answer !== answered) eventLog.count("tokens overcounted", task);
  if (luck >= 1 - rates.cutAnswer && !day.isFragile() && isFirstCut(day, request)) {
    eventLog.count("answer interrupted", task);
    throw new ModelError("unclear", "The answer broke off.");
  }
  return answer;
}

/** The same calls in every worker. */
function isOvercounted({ plan }: BadDay, { prompt }: ModelRequest): boolean {
  return hashOf("overcounted", plan.seed, prompt) % 1_000 < plan.rates.overcounted * 1_000;
}

function overcounted(answer: ModelAnswer): ModelAnswer {
  const { inputTokens = 0 } = answer.usage ?? {};
  return { ...answer, server: "http://127.0.0.1:9/v1", usage: { inputTokens, outputTokens: 20_000 } };
}

/** A call interrupted three times rightly fails its record, but here every record should succeed. */
const cuts = new WeakMap<EventLog, Set<string>>();

function isFirstCut({ eventLog }: BadDay, { modelId, prompt }: ModelRequest): boolean {
  const known = cuts.get(eventLog) ?? new Set();
  cuts.set(eventLog, known);
  const name = `${modelId} ${prompt}`;
  if (known.has(name)) return false;
  known.add(name);
  return true;
}

function nameOf({ writes }: Change): string {
  return writes.map(({ key, kind }) => `${kind} ${key.pk}`).join(", ");
}
