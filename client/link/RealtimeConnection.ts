/**
 * One WebSocket to AppSync for all subscriptions of the page, in AppSync's own protocol (start, start_ack, ka; the token as
 * a subprotocol). When the socket is lost, or silent for longer than the server's keepalive timeout, it reconnects with
 * exponential backoff and restarts every subscription. Updates missed in between are not replayed: whoever shows data registers
 * what fetches it with `afterConnect`, and the connection is not live before all of that has come back.
 */
export class RealtimeConnection {
  readonly #options: RealtimeOptions;
  readonly #subscriptions = new Map<string, Subscription>();
  readonly #watchers = new Set<(state: RealtimeState) => void>();
  readonly #refreshes = new Set<Refresh>();
  /** The refreshes of this connection that have not come back; undefined before the first was begun. */
  #pending: Set<Refresh> | undefined;
  #socket: WebSocket | undefined;
  #host = "";
  #opening = false;
  #acknowledged = false;
  #failures = 0;
  #tokenRejected = false;
  #retryTimer: Timer | undefined;
  #watchdog: Timer | undefined;
  #keepaliveTimeoutMs = DEFAULT_KEEPALIVE_TIMEOUT_MS;
  #connection: ConnectionState = "idle";
  #isOffline = false;
  #announced: RealtimeState = "idle";
  #nextId = 1;

  constructor(options: RealtimeOptions) {
    this.#options = options;
  }

  get state(): RealtimeState {
    return this.#isOffline && this.#connection !== "idle" ? "offline" : this.#connection;
  }

  /** Starts a subscription, now and after every reconnect. Returns the function that stops it. */
  subscribe(request: GraphQLRequest, sink: Sink): () => void {
    const id = String(this.#nextId++);
    this.#subscriptions.set(id, { data: JSON.stringify(request), sink, started: false });
    if (this.#acknowledged) void this.#start(id);
    else void this.#open();
    return () => this.#stop(id);
  }

  /** Calls back on every change of state. Returns the function that stops it. */
  watch(listener: (state: RealtimeState) => void): () => void {
    this.#watchers.add(listener);
    return () => this.#watchers.delete(listener);
  }

  /**
   * Runs after every (re)connect, once all subscriptions are acknowledged, and again when one is added. A rejection counts as a
   * loss of the connection, so it is retried. Returns the function that removes it.
   */
  afterConnect(refresh: Refresh): () => void {
    this.#refreshes.add(refresh);
    return () => {
      this.#refreshes.delete(refresh);
      if (this.#pending?.delete(refresh)) this.#announceLive();
    };
  }

  /** The network is gone. Whatever still arrives is passed on, but the connection is not live before it has been made anew. */
  goOffline(): void {
    this.#isOffline = true;
    this.#announce();
  }

  /** The network is back: reconnects at once, because a socket may look open long after it has died. */
  goOnline(): void {
    this.#isOffline = false;
    this.#failures = 0;
    this.#disconnect();
    if (this.#subscriptions.size === 0) return;
    this.#setState("lost");
    void this.#open();
  }

  /** Drops all subscriptions and closes the socket. */
  close(): void {
    this.#subscriptions.clear();
    this.#disconnect();
    this.#setState("idle");
  }

  async #open(): Promise<void> {
    if (this.#socket || this.#opening) return;
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    this.#opening = true;
    if (this.#connection === "idle") this.#setState("connecting");
    const found = await this.#locate().finally(() => (this.#opening = false));
    if (this.#subscriptions.size === 0) return;
    if (!found) return this.#retryLater();
    this.#attach(new this.#options.WebSocket(found.url, ["graphql-ws", `header-${base64Url(found.authorization)}`]));
  }

  /** The address with what it wants to see; `undefined` when either is not available. */
  async #locate(): Promise<{ readonly url: string; readonly authorization: Authorization } | undefined> {
    try {
      const { url, host } = await this.#options.endpoint(this.#failures > 0);
      this.#host = host;
      const authorization = await this.#authorize();
      return authorization && { url, authorization };
    } catch {
      return undefined;
    }
  }

  #attach(socket: WebSocket): void {
    this.#socket = socket;
    this.#resetWatchdog(CONNECT_TIMEOUT_MS);
    socket.onopen = () => socket.send(JSON.stringify({ type: "connection_init" }));
    socket.onmessage = (event) => this.#receive(String(event.data));
    socket.onclose = () => this.#handleLoss();
    // A socket blocked by the Content-Security-Policy reports an error, never a close.
    socket.onerror = () => this.#handleLoss();
  }

  #receive(text: string): void {
    const message = JSON.parse(text) as ServerMessage;
    const subscription = message.id === undefined ? undefined : this.#subscriptions.get(message.id);
    this.#resetWatchdog(this.#keepaliveTimeoutMs);
    switch (message.type) {
      case "connection_ack":
        this.#acknowledged = true;
        this.#tokenRejected = false;
        this.#keepaliveTimeoutMs = message.payload?.connectionTimeoutMs ?? DEFAULT_KEEPALIVE_TIMEOUT_MS;
        this.#resetWatchdog(this.#keepaliveTimeoutMs);
        for (const id of this.#subscriptions.keys()) void this.#start(id);
        return;
      case "connection_error":
        this.#tokenRejected = true;
        return this.#handleLoss();
      case "start_ack":
        if (subscription) subscription.started = true;
        return this.#catchUp();
      case "data":
        return subscription?.sink.next(message.payload ?? {});
      case "error":
        if (!subscription) return this.#handleLoss();
        this.#subscriptions.delete(message.id!);
        subscription.sink.error(message.payload?.errors ?? []);
        return this.#catchUp();
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
    if (!authorization) return this.#handleLoss();
    const payload = { data: subscription.data, extensions: { authorization } };
    socket?.send(JSON.stringify({ id, type: "start", payload }));
  }

  #stop(id: string): void {
    if (!this.#subscriptions.delete(id)) return;
    if (this.#subscriptions.size === 0) return this.close();
    if (this.#acknowledged) this.#socket?.send(JSON.stringify({ id, type: "stop" }));
  }

  /** Once everything is acknowledged, fetches what may have been missed. */
  #catchUp(): void {
    for (const subscription of this.#subscriptions.values()) if (!subscription.started) return;
    if (this.#subscriptions.size === 0) return;
    const pending = new Set(this.#refreshes);
    this.#pending = pending;
    for (const refresh of pending) {
      refresh().then(
        () => pending.delete(refresh) && this.#announceLive(),
        () => pending.has(refresh) && pending === this.#pending && this.#handleLoss(),
      );
    }
    this.#announceLive();
  }

  #announceLive(): void {
    if (this.#pending?.size !== 0) return;
    this.#failures = 0;
    this.#setState("live");
  }

  #handleLoss(): void {
    this.#disconnect();
    this.#retryLater();
  }

  #disconnect(): void {
    clearTimeout(this.#watchdog);
    clearTimeout(this.#retryTimer);
    this.#retryTimer = undefined;
    const socket = this.#socket;
    this.#socket = undefined;
    this.#pending = undefined;
    this.#acknowledged = false;
    for (const subscription of this.#subscriptions.values()) subscription.started = false;
    if (!socket) return;
    socket.onopen = socket.onmessage = socket.onclose = socket.onerror = null;
    socket.close();
  }

  #retryLater(): void {
    if (this.#subscriptions.size === 0) return;
    const backoffMs = Math.min(MAX_BACKOFF_MS, INITIAL_BACKOFF_MS * 2 ** this.#failures++);
    const jitter = 0.5 + (this.#options.random ?? Math.random)() / 2;
    this.#retryTimer = setTimeout(() => void this.#open(), backoffMs * jitter);
    this.#setState("lost");
  }

  /** If the server sends nothing for that long, the connection counts as lost. */
  #resetWatchdog(withinMs: number): void {
    clearTimeout(this.#watchdog);
    this.#watchdog = setTimeout(() => this.#handleLoss(), withinMs);
  }

  /** What AppSync expects on connect and on each start; `undefined` when no token is available. */
  async #authorize(): Promise<Authorization | undefined> {
    try {
      return { Authorization: await this.#options.getToken(this.#tokenRejected), host: this.#host };
    } catch {
      return undefined;
    }
  }

  #setState(state: ConnectionState): void {
    this.#connection = state;
    this.#announce();
  }

  #announce(): void {
    const { state } = this;
    if (state === this.#announced) return;
    this.#announced = state;
    for (const listener of this.#watchers) listener(state);
  }
}

export interface RealtimeOptions {
  /** Where to connect, asked before each attempt; `afterFailure` if the last one failed. */
  readonly endpoint: (afterFailure: boolean) => Endpoint | Promise<Endpoint>;
  /** Returns the caller's token; `fresh` asks for a new one because the last was rejected. */
  readonly getToken: (fresh: boolean) => Promise<string>;
  readonly WebSocket: new (url: string, protocols: string[]) => WebSocket;
  /** Adds jitter to reconnects of many browsers; `Math.random` by default. */
  readonly random?: () => number;
}

export interface Endpoint {
  /** The address the socket connects to, `wss://…`. */
  readonly url: string;
  /** The host of the GraphQL address (not of `url`): AppSync checks the token against it. */
  readonly host: string;
}

/**
 * idle: no subscriptions · connecting: for the first time · live: all acknowledged, and what may have been missed has been
 * fetched · lost: will reconnect · offline: the browser has no network.
 */
export type RealtimeState = ConnectionState | "offline";

type ConnectionState = "idle" | "connecting" | "live" | "lost";

/** Resolves when what is on screen has been fetched anew; rejects if the API did not answer. */
export type Refresh = () => Promise<unknown>;

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

/** AppSync's documented default, for when it does not send one. */
const DEFAULT_KEEPALIVE_TIMEOUT_MS = 300_000;
const CONNECT_TIMEOUT_MS = 15_000;
const INITIAL_BACKOFF_MS = 500;
const MAX_BACKOFF_MS = 30_000;

function base64Url(value: unknown): string {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  return btoa(String.fromCharCode(...bytes))
    .replaceAll("+", "-")
    .replaceAll("/", "_")
    .replaceAll("=", "");
}
