/** Requests to a model's server over kept connections, and what becomes of them when those close. */
import { createServer, type RequestListener, type Server } from "node:http";
import type { AddressInfo, Socket } from "node:net";
import { askServer } from "../../local/bedrock/model-server.ts";

const servers: Server[] = [];

afterEach(() => {
  for (const server of servers.splice(0)) {
    server.closeAllConnections();
    server.close();
  }
});

test("sends a request again on a new connection when the kept one closes under it", async () => {
  const sockets = new Set<Socket>();
  const url = await serve((request, response) => {
    const isFirstOfItsSocket = !sockets.has(request.socket);
    sockets.add(request.socket);
    if (isFirstOfItsSocket) return void response.end("ok");
    request.socket.destroy();
  });
  await askServer(url, post("one"));
  expect(await askServer(url, post("two"))).toMatchObject({ status: 200, text: "ok" });
  expect(sockets.size).toBe(2);
});

test("does not send a request again that a new connection closed under", async () => {
  let requests = 0;
  const url = await serve((request) => {
    requests += 1;
    request.socket.destroy();
  });
  await expect(askServer(url, post("x"))).rejects.toThrow("socket hang up");
  expect(requests).toBe(1);
});

test("an answer that breaks off is an error", async () => {
  const url = await serve((_, response) => {
    response.writeHead(200, { "content-length": 100 }).write("Half an ans");
    setImmediate(() => response.destroy());
  });
  await expect(askServer(url, post("x"))).rejects.toThrow();
});

test("follows a redirect with method and body, and shows the key only to the origin it was meant for", async () => {
  const seen: unknown[] = [];
  const target: RequestListener = async (request, response) => {
    const chunks = await request.toArray();
    seen.push([request.method, Buffer.concat(chunks).toString(), request.headers.authorization]);
    response.end("there");
  };
  const elsewhere = await serve(target);
  const url = await serve((request, response) => {
    if (request.url === "/here") return void target(request, response);
    response.writeHead(307, { location: request.url === "/near" ? "/here" : elsewhere }).end();
  });
  expect((await askServer(`${url}/near`, post("x"))).text).toBe("there");
  expect((await askServer(`${url}/far`, post("y"))).text).toBe("there");
  expect(seen).toEqual([
    ["POST", "x", "Bearer k"],
    ["POST", "y", undefined],
  ]);
});

test("a server that redirects forever is given up with its last answer", async () => {
  const url = await serve((_, response) => void response.writeHead(307, { location: "/again" }).end());
  expect(await askServer(url, post("x"))).toMatchObject({ status: 307 });
});

const post = (body: string) => ({ method: "POST", headers: { authorization: "Bearer k" }, body }) as const;

async function serve(listener: RequestListener): Promise<string> {
  const server = createServer(listener);
  servers.push(server);
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  return `http://127.0.0.1:${(server.address() as AddressInfo).port}`;
}
