/**
 * One WebSocket to AppSync for all subscriptions of the page, in AppSync's own protocol (start, start_ack, ka; the token as
 * a subprotocol). When the socket is lost, or silent for longer than the server promised, it connects anew with growing
 * pauses and starts every subscription again. What happened in between is not replayed: whoever shows data listens with
 * `watch` and reads it again at each "live".
 */
export class RealtimeConnection {
  readonly #options: RealtimeOptions;
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #watchers = new Set<(state: RealtimeState) => void>();
  #socket: WebSocket | undefined;
  #opening = false;
  #acknowledged = false;
  #failures = 0;
  #tokenRefused = false;
  #retryTimer: Timer | undefined;
  #watchdog: Timer | undefined;
  #silenceMs = DEFAULT_SILENCE_MS;
  #state: RealtimeState = "idle";
  #nextId = 1;

  constructor(options: RealtimeOptions) {
    this.#options = options;
  }

  get state(): RealtimeState {
    return this.#state;
  }

  /** Starts a subscription, now and after every reconnect. Answers the function that stops it. */
  subscribe(request: GraphQLRequest, sink: Sink): () => void {
    const id = String(this.#nextId++);
    this.#subscriptions.set(id, { data: JSON.stringify(request), sink, started: false });
    if (this.#acknowledged) void this.#start(id);
    else void this.#open();
    return () => this.#stop(id);
  }

  /** Hears of every change of state; "live" comes each time all subscriptions are acknowledged. Answers the way out. */
  watch(listener: (state: RealtimeState) => void): () => void {
    this.#watchers.add(listener);
    return () => this.#watchers.delete(listener);
  }

  /** Ends the pause before the next attempt: the network is back. */
  retryNow(): void {
    if (this.#retryTimer) void this.#open();
  }

  /** Forgets all subscriptions and closes the socket. */
  close(): void {
    this.#subscriptions.clear();
    this.#drop();
    this.#enter("idle");
  }

  async #open(): Promise<void> {
    if (this.#socket || this.#opening) return;
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    this.#opening = true;
    if (this.#state === "idle") this.#enter("connecting");
    const authorization = await this.#authorize().finally(() => (this.#opening = false));
    if (this.#subscriptions.size === 0) return;
    if (!authorization) return this.#retryLater();
    this.#attach(new this.#options.WebSocket(this.#options.url, ["graphql-ws", `header-${base64Url(authorization)}`]));
  }

  #attach(socket: WebSocket): void {
    this.#socket = socket;
    this.#expectWord(CONNECT_TIMEOUT_MS);
    socket.onopen = () => socket.send(JSON.stringify({ type: "connection_init" }));
    socket.onmessage = (event) => this.#receive(String(event.data));
    socket.onclose = () => this.#lose();
    // A socket that the page's security policy forbids has an error and never a close.
    socket.onerror = () => this.#lose();
  }

  #receive(text: string): void {
    const message = JSON.parse(text) as ServerMessage;
    const subscription = message.id === undefined ? undefined : this.#subscriptions.get(message.id);
    this.#expectWord(this.#silenceMs);
    switch (message.type) {
      case "connection_ack":
        this.#acknowledged = true;
        this.#tokenRefused = false;
        this.#silenceMs = message.payload?.connectionTimeoutMs ?? DEFAULT_SILENCE_MS;
        this.#expectWord(this.#silenceMs);
        for (const id of this.#subscriptions.keys()) void this.#start(id);
        return;
      case "connection_error":
        this.#tokenRefused = true;
        return this.#lose();
      case "start_ack":
        if (subscription) subscription.started = true;
        return this.#tellWhenAllStarted();
      case "data":
        return subscription?.sink.next(message.payload ?? {});
      case "error":
        if (!subscription) return this.#lose();
        this.#subscriptions.delete(message.id!);
        subscription.sink.error(message.payload?.errors ?? []);
        return this.#tellWhenAllStarted();
      case "complete":
        if (!subscription) return;
        this.#subscriptions.delete(message.id!);
        return subscription.sink.complete();
    }
  }

  async #start(id: string): Promise<void> {
    const socket = this.#socket;
    const authorization = await this.#authorize();
    const subscription = this.#subscriptions.get(id);
    if (!subscription || socket !== this.#socket) return;
    if (!authorization) return this.#lose();
    const payload = { data: subscription.data, extensions: { authorization } };
    socket?.send(JSON.stringify({ id, type: "start", payload }));
  }

  #stop(id: string): void {
    if (!this.#subscriptions.delete(id)) return;
    if (this.#subscriptions.size === 0) return this.close();
    if (this.#acknowledged) this.#socket?.send(JSON.stringify({ id, type: "stop" }));
  }

  #tellWhenAllStarted(): void {
    for (const subscription of this.#subscriptions.values()) if (!subscription.started) return;
    if (this.#subscriptions.size === 0) return;
    this.#failures = 0;
    this.#enter("live");
  }

  #lose(): void {
    this.#drop();
    this.#retryLater();
  }

  #drop(): void {
    clearTimeout(this.#watchdog);
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    const socket = this.#socket;
    this.#socket = undefined;
    this.#acknowledged = false;
    for (const subscription of this.#subscriptions.values()) subscription.started = false;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null;
    socket.close();
  }

  #retryLater(): void {
    if (this.#subscriptions.size === 0) return;
    const pauseMs = Math.min(MAX_PAUSE_MS, FIRST_PAUSE_MS * 2 ** this.#failures++);
    const jitter = 0.5 + (this.#options.random ?? Math.random)() / 2;
    this.#retryTimer = setTimeout(() => void this.#open(), pauseMs * jitter);
    this.#enter("lost");
  }

  /** Without a word from the server for that long, the connection counts as lost. */
  #expectWord(withinMs: number): void {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.#lose(), withinMs);
  }

  /** What AppSync wants to see at connect and at each start; `undefined` when no token can be had now. */
  async #authorize(): Promise<Authorization | undefined> {
    try {
      return { Authorization: await this.#options.getToken(this.#tokenRefused), host: this.#options.host };
    } catch {
      return undefined;
    }
  }

  #enter(state: RealtimeState): void {
    this.#state = state;
    for (const listener of this.#watchers) listener(state);
  }
}

export interface RealtimeOptions {
  /** Where the socket connects to, `wss://…`. */
  readonly url: string;
  /** The host of the GraphQL address (not of `url`): AppSync checks the token against it. */
  readonly host: string;
  /** The caller's token. `fresh` asks for a new one, because the last was refused. */
  readonly getToken: (fresh: boolean) => Promise<string>;
  readonly WebSocket: new (url: string, protocols: string[]) => WebSocket;
  /** Spreads reconnects of many browsers over time; `Math.random` by default. */
  readonly random?: () => number;
}

/** idle: nobody subscribes · connecting: for the first time · live: all acknowledged · lost: will try again. */
export type RealtimeState = "idle" | "connecting" | "live" | "lost";

export interface GraphQLRequest {
  readonly query: string;
  readonly variables: Readonly<Record<string, unknown>>;
}

export interface Sink {
  next(payload: Payload): void;
  error(errors: readonly WireError[]): void;
  complete(): void;
}

export interface WireError {
  readonly errorType?: string;
  readonly message?: string;
}

interface Payload {
  readonly data?: Record<string, unknown> | null;
  readonly errors?: readonly WireError[];
  readonly connectionTimeoutMs?: number;
}

interface ServerMessage {
  readonly type: "connection_ack" | "connection_error" | "start_ack" | "data" | "error" | "complete" | "ka";
  readonly id?: string;
  readonly payload?: Payload;
}

interface Subscription {
  readonly data: string;
  readonly sink: Sink;
  started: boolean;
}

interface Authorization {
  readonly Authorization: string;
  readonly host: string;
}

type Timer = ReturnType<typeof setTimeout>;

/** AppSync's own figure, in case it does not say. */
const DEFAULT_SILENCE_MS = 300_000;
const CONNECT_TIMEOUT_MS = 15_000;
const FIRST_PAUSE_MS = 500;
const MAX_PAUSE_MS = 30_000;

function base64Url(value: unknown): string {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
