/** Run as a process of its own: answers Converse after a fixed time, and is as light as can be, so that it never is what is slow. */
import { createServer, type IncomingMessage, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What the stub is told, as JSON in its first argument. */
export interface StubOptions {
  readonly latencyMs: number;
  /** More calls in flight than this are refused with 429 and `Retry-After: 1`; none unless told. */
  readonly most?: number;
}

/** What the stub tells: where it listens, and that the first call came or the last of those announced was answered. */
export type StubNews =
  | { readonly news: "listening"; readonly url: string }
  | { readonly news: "first" }
  | { readonly news: "last"; readonly figures: StubFigures };

export interface StubFigures {
  readonly answered: number;
  readonly refused: number;
  readonly mostInFlight: number;
  /** From the first call to the last answer. */
  readonly seconds: number;
}

const { latencyMs, most = Infinity } = JSON.parse(process.argv[2] ?? "{}") as StubOptions;
const HEADERS = { "content-type": "application/json", "x-amzn-requestid": "0" };
const QUESTION = "Which two facts of the text explain why the valley was settled so late, and in what order did they come? ";
const TEXT = { text: QUESTION.repeat(4) };
const TOOL = {
  toolUse: {
    toolUseId: "t",
    name: "answer",
    input: { answer: "The river had no ford, and the pass was closed for most of the year. ".repeat(4), citations: ["1", "2"] },
  },
};
const [TEXT_ANSWER, TOOL_ANSWER, SCORE_ANSWER] = [TEXT, TOOL, { text: "4" }].map(answerOf);

let expected = 0;
let inFlight = 0;
let begunAtMs = 0;
let counts = { answered: 0, refused: 0, mostInFlight: 0 };

process.on("message", (calls: number) => {
  expected = calls;
  counts = { answered: 0, refused: 0, mostInFlight: 0 };
});

const server = createServer((request, response) => {
  let body = "";
  request.setEncoding("utf8");
  request.on("data", (chunk: string) => (body += chunk));
  request.on("end", () => take(request, response, body));
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", 2_048, () =>
  tell({ news: "listening", url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }),
);

function take(_request: IncomingMessage, response: ServerResponse, body: string): void {
  if (counts.answered + counts.refused + inFlight === 0) {
    begunAtMs = performance.now();
    tell({ news: "first" });
  }
  if (inFlight >= most) {
    counts.refused += 1;
    response.writeHead(429, { ...HEADERS, "x-amzn-errortype": "ThrottlingException", "retry-after": "1" });
    return void response.end('{"message":"Too many requests, please wait before trying again."}');
  }
  inFlight += 1;
  counts.mostInFlight = Math.max(counts.mostInFlight, inFlight);
  setTimeout(() => {
    inFlight -= 1;
    counts.answered += 1;
    response.writeHead(200, HEADERS);
    response.end(answerTo(body));
    if (counts.answered === expected)
      tell({ news: "last", figures: { ...counts, seconds: (performance.now() - begunAtMs) / 1000 } });
  }, latencyMs);
}

function answerTo(body: string): string | undefined {
  if (body.includes('"toolConfig"')) return TOOL_ANSWER;
  return body.includes("from 1 to 5") ? SCORE_ANSWER : TEXT_ANSWER;
}

function answerOf(content: object): string {
  return JSON.stringify({
    output: { message: { role: "assistant", content: [content] } },
    stopReason: "end_turn",
    usage: { inputTokens: 240, outputTokens: 120, totalTokens: 360 },
    metrics: { latencyMs },
  });
}

function tell(news: StubNews): void {
  process.send?.(news);
}
