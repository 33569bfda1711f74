/** One worker's body: its hands to the world, which can be killed, warned, frozen, and given a clock that goes wrong. */
import { randomBelow } from "#core/random";
import type { Ports } from "../../worker/ports.ts";
import type { Diary } from "./event-log.ts";
import type { Fate } from "./plan.ts";

/** What ECS grants after SIGTERM. */
const STOP_TIMEOUT_MS = 120_000;
const NEVER = new Promise<never>(() => {});

export interface BodyContext {
  readonly task: string;
  readonly fate: Fate | undefined;
  /** The world as it would answer an undisturbed worker. */
  readonly ports: Ports;
  readonly diary: Diary;
  readonly random: () => number;
  /** Whether one more loss would rightly set a record aside: then nothing strikes. */
  isFragile(): boolean;
  /** Whether the worker holds a lease at this instant, by the rows. */
  holdsLease(): boolean;
}

export class Body {
  readonly ports: Ports;
  readonly died: Promise<void>;
  readonly #warning = new AbortController();
  #sayDied: () => void = () => {};
  #state: "awake" | "frozen" | "dead" = "awake";
  #calls = 0;
  #hasStruck = false;
  /** What is to go on at the awakening. */
  #held: (() => void)[] = [];
  #heldLease = false;

  constructor(readonly context: BodyContext) {
    this.died = new Promise((resolve) => (this.#sayDied = resolve));
    const { ports, fate, diary } = context;
    if (fate?.skewMs) diary.count("clock moved", `${context.task} by ${fate.skewMs} ms`);
    this.ports = {
      ...ports,
      clock: {
        nowMs: () => ports.clock.nowMs() + (context.isFragile() ? 0 : (fate?.skewMs ?? 0)),
        monotonicMs: () => ports.clock.monotonicMs(),
        after: (ms, action) => ports.clock.after(ms, () => this.#whenAwake(action)),
      },
      store: this.#hand(ports.store),
      objects: this.#hand(ports.objects),
      model: this.#hand(ports.model),
      reporter: this.#hand(ports.reporter),
    };
  }

  /** Aborts when the worker is told to stop. */
  get warning(): AbortSignal {
    return this.#warning.signal;
  }

  get isAlive(): boolean {
    return this.#state !== "dead";
  }

  /** The process has ended by itself: nothing it left behind goes on. */
  exit(): void {
    this.#state = "dead";
    this.#held = [];
  }

  /** Somebody else took one of its leases. */
  replaced(): void {
    const { fate, ports } = this.context;
    if (this.#state === "frozen" && fate?.how === "freeze") ports.clock.after(fate.replacedMs, () => this.#wake());
  }

  /** The port as the worker sees it. */
  #hand<T extends object>(port: T): T {
    return new Proxy(port, {
      get: (target, name) => {
        const value = Reflect.get(target, name) as unknown;
        if (typeof value !== "function") return value;
        return (...args: unknown[]) => this.#ask(() => value.apply(target, args) as Promise<unknown>);
      },
    });
  }

  /** What was asked before the death takes effect in the world all the same; the worker never hears of it. */
  async #ask(call: () => Promise<unknown>): Promise<unknown> {
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
    this.context.diary.count("SIGKILL", this.context.task);
    this.exit();
    this.#sayDied();
  }

  #warn(fate: Fate & { how: "SIGTERM" | "Spot" }): void {
    const { diary, ports, task } = this.context;
    diary.count(fate.how === "Spot" ? "Spot warning" : "SIGTERM", task);
    this.#warning.abort();
    ports.clock.after(fate.how === "Spot" ? fate.killedAfterMs : STOP_TIMEOUT_MS, () => {
      if (!this.context.isFragile()) this.#kill();
    });
  }

  #freeze(mostMs: number): void {
    const { diary, task, ports } = this.context;
    diary.count("worker frozen", task);
    this.#state = "frozen";
    this.#heldLease = this.context.holdsLease();
    ports.clock.after(mostMs, () => this.#wake());
  }

  /** What was due meanwhile is done at once, in no particular order. */
  #wake(): void {
    if (this.#state !== "frozen") return;
    const { diary, task, random } = this.context;
    if (this.#heldLease && !this.context.holdsLease()) diary.count("woke after its lease was gone", task);
    else diary.note(`${task} woke`);
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
    // Killed in its sleep.
    if (!this.isAlive) await NEVER;
  }
}
