/** A WebSocket whose other end is the test. */
export class FakeSocket {
  static readonly made: FakeSocket[] = [];

  onopen: (() => void) | null = null;
  onmessage: ((event: { data: string }) => void) | null = null;
  onclose: (() => void) | null = null;
  onerror: (() => void) | null = null;
  readonly sent: { type: string; id?: string; payload?: { data: string; extensions: unknown } }[] = [];
  isClosed = false;

  constructor(
    readonly url: string,
    readonly protocols: string[],
  ) {
    FakeSocket.made.push(this);
  }

  send(text: string): void {
    this.sent.push(JSON.parse(text) as FakeSocket["sent"][number]);
  }

  close(): void {
    this.isClosed = true;
    this.onclose?.();
  }

  /** The server says something. */
  say(message: object): void {
    this.onmessage?.({ data: JSON.stringify(message) });
  }

  /** What the client presented itself with when it connected. */
  get header(): unknown {
    const encoded = this.protocols.find((protocol) => protocol.startsWith("header-"))?.slice("header-".length) ?? "";
    return JSON.parse(Buffer.from(encoded, "base64url").toString());
  }

  sentOf(type: string): FakeSocket["sent"] {
    return this.sent.filter((message) => message.type === type);
  }
}
