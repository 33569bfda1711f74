import { once } from "node:events";
import { readFile } from "node:fs/promises";
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import { createServer as createTcpServer, type AddressInfo, type Server, type Socket } from "node:net";
import { HttpHandler, type BufferedRequest } from "../../../worker/adapters/http-handler.ts";
import { AbortSource } from "../../../worker/signal.ts";

const testOnLinux = process.platform === "linux" ? test : test.skip;

describe("a request", () => {
  test("is sent with headers and body, and its response comes whole, whatever its status", async () => {
    const { handler, request } = await served(async (asked, answer) => {
      const chunks = await asked.toArray();
      answer.writeHead(429, { "retry-after": "7" });
      answer.write("you said ");
      answer.end(`${asked.method} ${asked.url} ${asked.headers["x-amz-date"]} ${Buffer.concat(chunks).toString()}`);
    });
    const { response } = await handler.handle(request);
    expect(response).toMatchObject({ statusCode: 429, headers: { "retry-after": "7" } });
    expect(Buffer.from(response.body as Uint8Array).toString()).toBe("you said POST /model/m/converse today ünd");
  });

  test("with an empty response gets an empty one", async () => {
    const { handler, request } = await served((_, answer) => void answer.end());
    expect((await handler.handle(request)).response.body).toHaveLength(0);
  });

  test("reuses an earlier request's connection", async () => {
    const { handler, request, connections } = await served((_, answer) => void answer.end("{}"));
    for (let n = 0; n < 3; n++) await handler.handle(request, { abortSignal: new AbortSource() });
    expect(connections).toHaveLength(1);
  });

  testOnLinux(
    "is probed by the kernel each minute while no answer comes, on a new connection and on a reused one",
    async () => {
      const timers: number[][] = [];
      const { handler, request } = await served(async (asked, answer) => {
        timers.push(await probeSecondsOf(asked.socket.remotePort ?? 0));
        answer.end("{}");
      });
      for (let n = 0; n < 2; n++) await handler.handle(request);
      for (const seconds of timers) expect(seconds.every((left) => left > 50 && left <= 60)).toBe(true);
      expect(timers.map(({ length }) => length)).toEqual([1, 1]);
    },
  );

  test("whose response breaks off fails, and says how", async () => {
    const { handler, request } = await served((_, answer) => {
      answer.writeHead(200, { "content-length": "100" });
      answer.write("half", () => answer.destroy());
    });
    await expect(handler.handle(request)).rejects.toMatchObject({ code: "ECONNRESET" });
  });

  test("to a closed port fails, and says how", async () => {
    const { handler, request, close } = await served(() => {});
    await close();
    await expect(handler.handle(request)).rejects.toMatchObject({ code: "ECONNREFUSED" });
  });

  test("over HTTPS begins with a TLS handshake, and is encrypted", async () => {
    const received: Buffer[] = [];
    const server = createTcpServer((socket) =>
      socket.once("data", (bytes) => (received.push(bytes), socket.destroy())),
    );
    const { handler, request } = await opening(server);
    await expect(handler.handle({ ...request, protocol: "https:" })).rejects.toMatchObject({ code: "ECONNRESET" });
    const [first] = received;
    expect(first?.[0]).toBe(HANDSHAKE);
    expect(first?.includes("converse")).toBe(false);
  });
});

describe("an aborted request", () => {
  test("before it is sent is not sent", async () => {
    const { handler, request, connections } = await served((_, answer) => void answer.end());
    const stop = new AbortSource();
    stop.abort();
    await expect(handler.handle(request, { abortSignal: stop })).rejects.toThrow("The request was aborted.");
    expect(connections).toEqual([]);
  });

  test.each([
    ["before its answer begins", false],
    ["in the midst of its answer", true],
  ])("%s is destroyed", async (_title, hasBegun) => {
    const stop = new AbortSource();
    const { handler, request, connections } = await served((_, answer) => {
      if (!hasBegun) return stop.abort();
      answer.writeHead(200, { "content-length": "100" });
      answer.write("half", () => stop.abort());
    });
    await expect(handler.handle(request, { abortSignal: stop })).rejects.toThrow("The request was aborted.");
    expect(connections).toHaveLength(1);
    for (const socket of connections) if (!socket.closed) await new Promise((resolve) => socket.on("close", resolve));
  });

  test("after its response leaves the connection to the next", async () => {
    const { handler, request, connections } = await served((_, answer) => void answer.end("{}"));
    const stop = new AbortSource();
    await handler.handle(request, { abortSignal: stop });
    const next = handler.handle(request);
    stop.abort();
    expect((await next).response.statusCode).toBe(200);
    expect(connections).toHaveLength(1);
  });
});

/** Until the kernel probes the connection from that port, as its table of connections has it: with a timer of the kind 2. */
async function probeSecondsOf(port: number): Promise<number[]> {
  const hex = port.toString(16).toUpperCase().padStart(4, "0");
  for (;;) {
    const rows = (await readFile("/proc/net/tcp", "utf8")).split("\n").map((line) => line.trim().split(/\s+/));
    const timers = rows.filter(([, local]) => local?.endsWith(`:${hex}`)).map(([, , , , , timer = ""]) => timer);
    // Until the other side has acknowledged what was sent, the kernel's timer is the one for sending it again.
    if (timers.some((timer) => timer.startsWith(RETRANSMISSION))) continue;
    return timers
      .filter((timer) => timer.startsWith(PROBE))
      .map((timer) => parseInt(timer.slice(PROBE.length), 16) / 100);
  }
}

const [RETRANSMISSION, PROBE] = ["01:", "02:"];

/** The first bytes of a TLS handshake record. */
const HANDSHAKE = 22;

const opened: { close(): Promise<void> }[] = [];
afterEach(async () => {
  for (const { close } of opened.splice(0)) await close();
});

/** A service that answers with `listener`, and a request to it. */
function served(listener: (asked: IncomingMessage, answer: ServerResponse) => unknown) {
  return opening(createServer((asked, answer) => void listener(asked, answer)));
}

async function opening(server: Server) {
  const connections: Socket[] = [];
  server.on("connection", (socket) => connections.push(socket));
  await once(server.listen(0, "127.0.0.1"), "listening");
  const handler = new HttpHandler();
  const request: BufferedRequest = {
    protocol: "http:",
    hostname: "127.0.0.1",
    port: (server.address() as AddressInfo).port,
    method: "POST",
    path: "/model/m/converse",
    headers: { "x-amz-date": "today" },
    body: Buffer.from("ünd"),
  };
  const close = async () => {
    handler.destroy();
    for (const socket of connections) socket.destroy();
    if (server.listening) await new Promise((resolve) => server.close(resolve));
  };
  opened.push({ close });
  return { handler, request, connections, close };
}
