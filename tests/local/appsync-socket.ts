/** A WebSocket client for AppSync's protocol, for tests. */
import { once } from "node:events";
import { WebSocket } from "ws";

export class TestSocket {
  readonly #received: any[] = [];
  #wake: () => void = () => undefined;
  /** Code and reason, once the socket is closed. */
  closed: { code: number; reason: string } | undefined;

  private constructor(readonly websocket: WebSocket) {
    websocket.on("message", (data) => {
      this.#received.push(JSON.parse(String(data)));
      this.#wake();
    });
    websocket.on("close", (code, reason) => {
      this.closed = { code, reason: String(reason) };
      this.#wake();
    });
  }

  /** @param header goes into the subprotocol `header-…` */
  static async open(
    url: string,
    header: object,
    protocols = ["graphql-ws", `header-${encode(header)}`],
  ): Promise<TestSocket> {
    const socket = new TestSocket(new WebSocket(url, protocols));
    await once(socket.websocket, "open");
    return socket;
  }

  send(message: object): void {
    this.websocket.send(JSON.stringify(message));
  }

  /** Starts a subscription and waits until it has started or was rejected; returns that message. */
  async subscribe(id: string, query: string, authorization: object, variables: object = {}): Promise<any> {
    this.send({
      id,
      type: "start",
      payload: { data: JSON.stringify({ query, variables }), extensions: { authorization } },
    });
    return this.next((message) => message.id === id && message.type !== "data");
  }

  /** The first matching message that was not taken yet. */
  async next(fits: (message: any) => boolean = () => true): Promise<any> {
    for (;;) {
      const index = this.#received.findIndex(fits);
      if (index >= 0) return this.#received.splice(index, 1)[0];
      if (this.closed) throw new Error(`The socket was closed (${this.closed.code} ${this.closed.reason})`);
      await new Promise<void>((resolve) => (this.#wake = resolve));
    }
  }

  data(id: string): Promise<any> {
    return this.next((message) => message.type === "data" && message.id === id).then(({ payload }) => payload);
  }

  /** Everything received and not taken. */
  get rest(): any[] {
    return this.#received.filter((message) => message.type !== "ka");
  }

  async close(): Promise<void> {
    if (this.closed) return;
    this.websocket.close();
    await once(this.websocket, "close");
  }

  async whenClosed(): Promise<{ code: number; reason: string }> {
    while (!this.closed) await new Promise<void>((resolve) => (this.#wake = resolve));
    return this.closed;
  }
}

function encode(header: object): string {
  return Buffer.from(JSON.stringify(header)).toString("base64url");
}
