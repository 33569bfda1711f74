/** One worker with injected faults: wraps its ports, and can be killed, warned, frozen, or given a skewed clock. */
import { randomBelow } from "#core/random";
import type { Ports } from "../../worker/ports.ts";
import type { EventLog } from "./event-log.ts";
import type { Fate } from "./plan.ts";

/** What ECS grants after SIGTERM. */
const STOP_TIMEOUT_MS = 120_000;
const NEVER = new Promise<never>(() => {});

export interface FaultyWorkerContext {
  readonly task: string;
  readonly fate: Fate | undefined;
  /** The ports of an undisturbed worker. */
  readonly ports: Ports;
  readonly eventLog: EventLog;
  readonly random: () => number;
  /** Whether one more crash would rightly fail a record: then no fault is injected. */
  isFragile(): boolean;
  /** Whether the worker holds a lease at this instant, by the rows. */
  holdsLease(): boolean;
}

export class FaultyWorker {
  readonly ports: Ports;
  readonly died: Promise<void>;
  readonly #warning = new AbortController();
  #sayDied: () => void = () => {};
  #state: "awake" | "frozen" | "dead" = "awake";
  #calls = 0;
  #hasStruck = false;
  /** Resumed when it wakes. */
  #held: (() => void)[] = [];
  #heldLease = false;

  constructor(readonly context: FaultyWorkerContext) {
    this.died = new Promise((resolve) => (this.#sayDied = resolve));
    const { ports, fate, eventLog } = context;
    if (fate?.skewMs) eventLog.count("clock skewed", `${context.task} by ${fate.skewMs} ms`);
    this.ports = {
      ...ports,
      clock: {
        nowMs: () => ports.clock.nowMs() + (context.isFragile() ? 0 : (fate?.skewMs ?? 0)),
        monotonicMs: () => ports.clock.monotonicMs(),
        after: (ms, action) => ports.clock.after(ms, () => this.#whenAwake(action)),
      },
      store: this.#wrap(ports.store),
      objects: this.#wrap(ports.objects),
      model: this.#wrap(ports.model),
      reporter: this.#wrap(ports.reporter),
    };
  }

  /** Aborts on SIGTERM. */
  get warning(): AbortSignal {
    return this.#warning.signal;
  }

  get isAlive(): boolean {
    return this.#state !== "dead";
  }

  /** The process has exited: nothing it left behind continues. */
  exit(): void {
    this.#state = "dead";
    this.#held = [];
  }

  /** Another worker took one of its leases. */
  replaced(): void {
    const { fate, ports } = this.context;
    if (this.#state === "frozen" && fate?.how === "freeze") ports.clock.after(fate.replacedMs, () => this.#wake());
  }

  /** The port as the worker sees it. */
  #wrap<T extends object>(port: T): T {
    return new Proxy(port, {
      get: (target, name) => {
        const value = Reflect.get(target, name) as unknown;
        if (typeof value !== "function") return value;
        return (...args: unknown[]) => this.#call(() => value.apply(target, args) as Promise<unknown>);
      },
    });
  }

  /** A request sent before a kill still takes effect; the worker never gets the answer. */
  async #call(call: () => Promise<unknown>): Promise<unknown> {
    await this.#awake();
    this.#calls += 1;
    const { fate } = this.context;
    const isDue = fate && !this.#hasStruck && this.#calls >= fate.atCall && !this.context.isFragile();
    if (isDue && !fate.afterEffect) await this.#strike(fate);
    const answer = await call().then(
      (value) => ({ value }),
      (error: unknown) => ({ error }),
    );
    if (isDue && fate.afterEffect) await this.#strike(fate);
    await this.#awake();
    if ("error" in answer) throw answer.error;
    return answer.value;
  }

  async #strike(fate: Fate): Promise<void> {
    if (this.#hasStruck || !this.isAlive) return;
    this.#hasStruck = true;
    switch (fate.how) {
      case "lives":
        return;
      case "SIGKILL":
        this.#kill();
        break;
      case "SIGTERM":
      case "Spot":
        this.#warn(fate);
        break;
      case "freeze":
        this.#freeze(fate.mostMs);
        break;
    }
    await this.#awake();
  }

  #kill(): void {
    if (!this.isAlive) return;
    this.context.eventLog.count("SIGKILL", this.context.task);
    this.exit();
    this.#sayDied();
  }

  #warn(fate: Fate & { how: "SIGTERM" | "Spot" }): void {
    const { eventLog, ports, task } = this.context;
    eventLog.count(fate.how === "Spot" ? "Spot warning" : "SIGTERM", task);
    this.#warning.abort();
    ports.clock.after(fate.how === "Spot" ? fate.killedAfterMs : STOP_TIMEOUT_MS, () => {
      if (!this.context.isFragile()) this.#kill();
    });
  }

  #freeze(mostMs: number): void {
    const { eventLog, task, ports } = this.context;
    eventLog.count("worker frozen", task);
    this.#state = "frozen";
    this.#heldLease = this.context.holdsLease();
    ports.clock.after(mostMs, () => this.#wake());
  }

  /** Everything due meanwhile happens at once, in random order. */
  #wake(): void {
    if (this.#state !== "frozen") return;
    const { eventLog, task, random } = this.context;
    if (this.#heldLease && !this.context.holdsLease()) eventLog.count("woke after its lease expired", task);
    else eventLog.note(`${task} woke`);
    this.#state = "awake";
    const held = this.#held;
    this.#held = [];
    while (held.length > 0 && this.isAlive) held.splice(randomBelow(held.length, random), 1)[0]?.();
  }

  #whenAwake(action: () => void): void {
    if (this.#state === "awake") action();
    if (this.#state === "frozen") this.#held.push(action);
  }

  async #awake(): Promise<void> {
    if (this.#state === "dead") await NEVER;
    while (this.#state === "frozen") await new Promise<void>((resolve) => this.#held.push(resolve));
    // Killed while frozen.
    if (!this.isAlive) await NEVER;
  }
}
