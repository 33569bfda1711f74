import { once } from "node:events";
import http from "node:http";
import http2 from "node:http2";
import { connect } from "node:net";
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import { startSeparateCloud } from "./separate-cloud.ts";
import type { SeparateCloud } from "./separate-cloud.ts";

let cloud: SeparateCloud;
beforeAll(async () => {
  cloud = await startSeparateCloud();
});
afterAll(() => cloud?.stop());

/** Every server of the cloud is still there and answers. */
afterEach(async () => {
  expect(cloud.isRunning()).toBe(true);
  for (const url of Object.values(cloud.endpoints)) expect((await fetch(url)).status).toBeGreaterThan(0);
  expect(cloud.console()).toBe("");
});

const servers = () => Object.entries(cloud.endpoints);

/** Sends bytes on a connection of their own; returns all that comes back until it is closed. */
function raw(url: string, ...parts: readonly (string | Buffer)[]): Promise<string> {
  const { hostname, port } = new URL(url);
  return new Promise((resolve) => {
    let answer = "";
    const socket = connect(Number(port), hostname);
    socket.on("data", (data) => (answer += data.toString("latin1")));
    socket.on("error", () => undefined);
    socket.on("close", () => resolve(answer));
    for (const part of parts) socket.write(part);
  });
}

const head = (url: string, method: string, path: string, ...headers: string[]) =>
  [`${method} ${path} HTTP/1.1`, `host: ${new URL(url).host}`, ...headers, "", ""].join("\r\n");

const statusOf = (answer: string) => Number(/^HTTP\/1\.1 (\d+)/.exec(answer)?.[1]);

const UPGRADE = ["connection: Upgrade", "upgrade: websocket", "sec-websocket-version: 13"];
const KEY = "sec-websocket-key: dGhlIHNhbXBsZSBub25jZQ==";

describe("no request ends the cloud", () => {
  test.each([
    "//",
    "//[",
    "/%ZZ",
    "/%",
    "/..%2f%00",
    "*",
    "http://[",
    "/tasks/%ZZ/kill",
    "/2015-03-31/functions/%ZZ/invocations",
  ])("not the address %s, on any server, by any method", async (path) => {
    for (const [name, url] of servers()) {
      for (const method of ["GET", "POST", "PUT", "OPTIONS"]) {
        const answer = await raw(url, head(url, method, path, "content-length: 0", "connection: close"));
        expect([name, method, statusOf(answer) < 500 || statusOf(answer) === 501]).toEqual([name, method, true]);
      }
    }
  });

  test.each([
    "//",
    "/graphql/realtime",
    "/graphql/realtime?header=%ZZ",
    "/graphql/realtime?header=bnVsbA==",
    "/nowhere",
  ])("not a WebSocket to %s, whole or broken", async (path) => {
    for (const [, url] of servers()) {
      for (const headers of [
        [...UPGRADE],
        [...UPGRADE, KEY, "connection: close"],
        ["connection: Upgrade", "upgrade: nonsense"],
      ]) {
        const request = connect(Number(new URL(url).port), "127.0.0.1");
        request.on("error", () => undefined);
        const closed = once(request, "close");
        request.end(head(url, "GET", path, ...headers));
        request.resume();
        await closed;
      }
    }
  });

  test("not a body that is too large: it is a 413 in the service's own form, and its connection is closed", async () => {
    const bytes = Buffer.alloc(26 * 1024 * 1024, "x");
    const forms: Record<string, RegExp> = {
      appsync: /"errors":\[\{"errorType":"RequestEntityTooLargeException"/,
      "cognito-identity-provider": /x-amzn-errortype: RequestEntityTooLargeException/,
      dynamodb: /"__type":"com\.amazon\.coral\.service#RequestEntityTooLargeException"/,
      sts: /<Type>Sender<\/Type><Code>RequestEntityTooLargeException<\/Code>/,
      lambda: /x-amzn-errortype: RequestTooLargeException/,
      ecs: /"__type":"RequestEntityTooLargeException"/,
      eventbridge: /"__type":"RequestEntityTooLargeException"/,
      "bedrock-runtime": /x-amzn-errortype: RequestEntityTooLargeException/,
    };
    for (const [name, form] of Object.entries(forms)) {
      const url = cloud.endpoints[name]!;
      const answer = await raw(
        url,
        head(url, "POST", name === "appsync" ? "/graphql" : "/", `content-length: ${bytes.length}`),
        bytes,
      );
      expect([name, statusOf(answer)]).toEqual([name, 413]);
      expect(answer).toMatch(/connection: close/i);
      expect(answer).toMatch(form);
    }
  });

  test("not one that is aborted midway", async () => {
    for (const [, url] of servers()) {
      for (const method of ["POST", "PUT"]) {
        const socket = connect(Number(new URL(url).port), "127.0.0.1");
        socket.write(head(url, method, "/graphql", "content-length: 1000"));
        socket.write("some", () => socket.resetAndDestroy());
        await once(socket, "close");
      }
    }
  });

  test("not a form whose browser leaves during a file that nobody wants", async () => {
    const url = cloud.endpoints.s3!;
    const part = (name: string) => `--b\r\ncontent-disposition: form-data; name="${name}"; filename="f"\r\n\r\n`;
    for (const name of ["file", "other"]) {
      const socket = connect(Number(new URL(url).port), "127.0.0.1");
      socket.write(
        head(url, "POST", "/wares", "content-type: multipart/form-data; boundary=b", "content-length: 99999"),
      );
      socket.write(part(name) + "x".repeat(500));
      if (name === "file") await once(socket, "data");
      socket.resetAndDestroy();
      await once(socket, "close");
    }
  });

  test("not HTTP/2 streams that are reset or sessions that are cut", async () => {
    const url = cloud.endpoints["bedrock-runtime"]!;
    for (const path of ["//", "/model/%ZZ/converse", "/model/m/converse"]) {
      const session = http2.connect(url);
      const stream = session.request({ ":path": path, ":method": "POST" });
      stream.on("error", () => undefined);
      stream.write("some");
      stream.close(http2.constants.NGHTTP2_CANCEL);
      await once(stream, "close");
      const other = session.request({ ":path": path, ":method": "POST" });
      other.on("error", () => undefined);
      other.end("{}");
      const [headers] = (await once(other, "response")) as [http2.IncomingHttpHeaders];
      expect(headers[":status"]).toBeGreaterThanOrEqual(400);
      session.on("error", () => undefined);
      session.destroy();
    }
    await raw(url, "PRI * HTTP/2.0\r\n\r\nnot SM\r\n\r\nnonsense");
  });
});

describe("no query stops the cloud", () => {
  const MOST_MS = 5_000;
  const fragments = (count: number, body: (next: string) => string) =>
    Array.from({ length: count }, (_, index) => `fragment F${index} on Query { ${body(`F${index + 1}`)} }`).join(" ");
  const last = (count: number) => `fragment F${count} on Query { hello }`;

  test.each([
    [
      "ten fragments that spread the next one ten times",
      `{ ...F0 } ${fragments(10, (next) => `...${next} `.repeat(10))} ${last(10)}`,
    ],
    ["inline ones", `{ ...F0 } ${fragments(10, (next) => `... on Query { ...${next} } `.repeat(10))} ${last(10)}`],
    ["a chain of a thousand", `{ ...F0 } ${fragments(1_000, (next) => `...${next} ...${next}`)} ${last(1_000)}`],
  ])("not %s", async (_what, query) => {
    const startedAt = performance.now();
    const { errors } = await askGraphQL(query);
    expect(errors).toMatchObject([{ errorType: "ExecutionAborted" }]);
    expect(performance.now() - startedAt).toBeLessThan(MOST_MS);
  });

  test.each([
    ["fragments that spread each other", `{ ...F0 } ${fragments(10, () => "...F0 ...F1")} ${last(10)}`],
    ["a field selected thousands of times", `{ ${"hello ".repeat(14_000)} }`],
    ["values nested thousands of times", `{ hello(a: ${"[".repeat(7_000)}${"]".repeat(7_000)}) }`],
    ["selections nested thousands of times", `{ ${"hello { ".repeat(7_000)} hello ${"}".repeat(7_000)} }`],
  ])("not %s", async (_what, query) => {
    const startedAt = performance.now();
    const { errors } = await askGraphQL(query);
    expect(errors.length).toBeGreaterThan(0);
    expect(performance.now() - startedAt).toBeLessThan(MOST_MS);
  });

  async function askGraphQL(query: string): Promise<any> {
    const url = new URL(`${cloud.endpoints.appsync}/graphql`);
    const body = JSON.stringify({ query });
    const signer = new SignatureV4({
      credentials: cloud.operator,
      region: "us-east-1",
      service: "appsync",
      sha256: Sha256,
    });
    const { headers } = await signer.sign({
      protocol: url.protocol,
      method: "POST",
      hostname: url.hostname,
      path: url.pathname,
      headers: { host: url.host },
      body,
    });
    return (await fetch(url, { method: "POST", headers, body })).json();
  }
});

describe("only its own pages may call the cloud", () => {
  const ask = (url: string, headers: Record<string, string>, method = "GET") =>
    new Promise<http.IncomingMessage>((resolve, reject) => {
      const request = http.request(`${url}/config.json`, { method, headers }, (response) => resolve(response.resume()));
      request.on("error", reject);
      request.end();
    });

  test("under the names of this machine, which a rebound page does not have", async () => {
    for (const [name, url] of servers()) {
      const { port } = new URL(url);
      for (const host of [
        `evil.example:${port}`,
        "evil.example",
        `127.0.0.1.evil.example:${port}`,
        `localhost@evil.example`,
      ]) {
        expect([name, (await ask(url, { host })).statusCode]).toEqual([name, 403]);
      }
      for (const host of [`127.0.0.1:${port}`, `localhost:${port}`, `[::1]:${port}`]) {
        const { statusCode } = await ask(url, { host });
        const { statusCode: usual } = await ask(url, {});
        expect([name, statusCode]).toEqual([name, usual]);
      }
    }
  });

  test("and from its site's origins; a request without an Origin comes from a program", async () => {
    const { port: sitePort } = new URL(cloud.endpoints.cloudfront!);
    for (const [name, url] of servers()) {
      for (const origin of ["https://evil.example", "http://127.0.0.1:1", "http://localhost", "null"]) {
        for (const method of ["GET", "POST", "OPTIONS"]) {
          const { statusCode, headers } = await ask(url, { origin }, method);
          expect([name, origin, statusCode]).toEqual([name, origin, 403]);
          expect(headers["access-control-allow-origin"]).toBeUndefined();
        }
      }
      // The site does not control the clock.
      if (name === "control") continue;
      for (const origin of [`http://127.0.0.1:${sitePort}`, `http://localhost:${sitePort}`]) {
        const [own, usual] = [await ask(url, { origin }), await ask(url, {})];
        expect([name, own.statusCode]).toEqual([name, usual.statusCode]);
      }
    }
  });

  test("and lets those alone read the answers of AppSync and Cognito", async () => {
    const { origin } = new URL(cloud.endpoints.cloudfront!);
    for (const name of ["appsync", "cognito-identity-provider"]) {
      const preflight = await ask(cloud.endpoints[name]!, { origin }, "OPTIONS");
      expect(preflight.headers["access-control-allow-origin"]).toBe(origin);
      expect(preflight.headers.vary).toBe("Origin");
    }
  });

  test("which holds for WebSockets", async () => {
    const url = cloud.endpoints.appsync!;
    const { origin } = new URL(cloud.endpoints.cloudfront!);
    const upgrade = (...headers: string[]) => {
      const socket = connect(Number(new URL(url).port), "127.0.0.1");
      socket.write(["GET /graphql/realtime HTTP/1.1", ...headers, ...UPGRADE, KEY, "", ""].join("\r\n"));
      return once(socket, "data").then(([data]) => {
        socket.destroy();
        return statusOf(String(data));
      });
    };
    const { host } = new URL(url);
    expect(await upgrade(`host: ${host}`)).toBe(101);
    expect(await upgrade(`host: ${host}`, `origin: ${origin}`)).toBe(101);
    expect(await upgrade(`host: ${host}`, "origin: https://evil.example")).toBe(403);
    expect(await upgrade("host: evil.example")).toBe(403);
  });
});
