/** Run as a process of its own: answers Converse after a fixed time, and is as light as can be, so that it never is what is slow. */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";

/** What the stub is told at its start, as JSON in its first argument. */
export interface StubOptions {
  readonly latencyMs: number;
  /** More calls in flight than this are refused with 429 and `Retry-After: 1`; none unless told. */
  readonly most?: number;
}

/** What it is to watch from now on. */
export interface Watch {
  /** When so many calls were answered, it tells. */
  readonly marks: readonly number[];
  /** When so many calls are in flight for the first time, it begins to measure the full rate. */
  readonly full?: number;
}

/** What it is asked: to watch, or to tell where it stands. */
export type StubOrder = Watch | "tell";

export type StubNews =
  | { readonly news: "listening"; readonly url: string }
  | { readonly news: "first" }
  | { readonly news: "mark" | "told"; readonly figures: StubFigures };

export interface StubFigures {
  readonly begun: number;
  readonly answered: number;
  readonly refused: number;
  readonly mostInFlight: number;
  /** From the first call on. */
  readonly seconds: number;
  /** Answers a second since the stub was full for the first time; 0 before. */
  readonly fullPerSecond: number;
}

const { latencyMs, most = Infinity } = JSON.parse(process.argv[2] ?? "{}") as StubOptions;

const HEADERS = { "content-type": "application/json", "x-amzn-requestid": "0" };
const QUESTION =
  "Which two facts of the text explain why the valley was settled so late, and in what order did they come? ";
const ANSWER = "The river had no ford, and the pass was closed for most of the year. ";
const TOOL_USE = { toolUseId: "t", name: "answer", input: { answer: ANSWER.repeat(4), citations: ["1", "2"] } };
const [TEXT, TOOL, SCORE] = [{ text: QUESTION.repeat(4) }, { toolUse: TOOL_USE }, { text: "4" }].map(bodyOf);

const NOTHING = { begun: 0, answered: 0, refused: 0, mostInFlight: 0, begunAtMs: 0 };
let counts = { ...NOTHING };
let watch: Watch = { marks: [] };
let full: { readonly atMs: number; readonly answered: number } | undefined;
let inFlight = 0;

process.on("message", (order: StubOrder) => {
  if (order === "tell") return tell({ news: "told", figures: figures() });
  watch = order;
  counts = { ...NOTHING };
  full = undefined;
});

const server = createServer((request, response) => {
  let body = "";
  request.setEncoding("utf8");
  request.on("data", (chunk: string) => (body += chunk));
  request.on("end", () => take(response, body));
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", 2_048, () =>
  tell({ news: "listening", url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }),
);

function take(response: ServerResponse, body: string): void {
  if (counts.begunAtMs === 0) {
    counts.begunAtMs = performance.now();
    tell({ news: "first" });
  }
  if (inFlight >= most) {
    counts.refused += 1;
    response.writeHead(429, { ...HEADERS, "x-amzn-errortype": "ThrottlingException", "retry-after": "1" });
    return void response.end('{"message":"Too many requests, please wait before trying again."}');
  }
  inFlight += 1;
  counts.begun += 1;
  counts.mostInFlight = Math.max(counts.mostInFlight, inFlight);
  if (watch.full === inFlight) full ??= { atMs: performance.now(), answered: counts.answered };
  setTimeout(() => answer(response, body), latencyMs);
}

function answer(response: ServerResponse, body: string): void {
  inFlight -= 1;
  // Whoever was killed has no answer.
  if (response.destroyed) return;
  counts.answered += 1;
  response.writeHead(200, HEADERS);
  response.end(body.includes('"toolConfig"') ? TOOL : body.includes("from 1 to 5") ? SCORE : TEXT);
  if (watch.marks.includes(counts.answered)) tell({ news: "mark", figures: figures() });
}

function figures(): StubFigures {
  const { begunAtMs, ...told } = counts;
  const nowMs = performance.now();
  const fullPerSecond = full ? ((counts.answered - full.answered) * 1_000) / (nowMs - full.atMs) : 0;
  return { ...told, seconds: (nowMs - begunAtMs) / 1_000, fullPerSecond };
}

function bodyOf(content: object): string {
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
