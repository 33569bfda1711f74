/**
 * Runs as its own process: answers Converse, or OpenAI's chat completions at `/v1`, after some time, and is as light as possible
 * so that it never is the bottleneck.
 */
import { createServer, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { latencyOf, type Latencies } from "./latencies.ts";

/** The stub's options, as JSON in its first argument. */
export interface StubOptions {
  /** The same for all calls, or drawn for each. */
  readonly latencyMs: number | Latencies;
  /** What each answer counts; 120 by default. */
  readonly outputTokens?: number;
  /** Calls beyond this many in flight are throttled with 429 and `Retry-After: 1`; no limit by default. */
  readonly maxInFlight?: number;
}

/** What to watch from now on. */
export interface Watch {
  /** Numbers of answered calls at which it reports. */
  readonly milestones: readonly number[];
  /** Number of calls in flight from which on it measures the full rate. */
  readonly fullAt?: number;
}

/** What it is asked: to watch, or to report its figures. */
export type StubCommand = Watch | "report";

export type StubMessage =
  | { readonly type: "listening"; readonly url: string }
  | { readonly type: "firstCall" }
  | { readonly type: "milestone" | "figures"; readonly figures: StubFigures };

export interface StubFigures {
  readonly begun: number;
  readonly answered: number;
  readonly throttled: number;
  readonly peakInFlight: number;
  /** Since the first call. */
  readonly seconds: number;
  /** Answers per second since `fullAt` was first reached; 0 before. */
  readonly fullPerSecond: number;
  /** Calls in flight on average, from when `fullAt` was first reached until the latest call began; 0 before. */
  readonly meanInFlight: number;
}

const { latencyMs, outputTokens = 120, maxInFlight = Infinity } = JSON.parse(process.argv[2] ?? "{}") as StubOptions;

const HEADERS = { "content-type": "application/json", "x-amzn-requestid": "0" };
const QUESTION =
  "Which two facts of the text explain why the valley was settled so late, and in what order did they come? ";
const ANSWER = "The river had no ford, and the pass was closed for most of the year. ";
const TOOL_USE = { toolUseId: "t", name: "answer", input: { answer: ANSWER.repeat(4), citations: ["1", "2"] } };
const CHAT = JSON.stringify({
  choices: [{ index: 0, message: { role: "assistant", content: QUESTION.repeat(4) }, finish_reason: "stop" }],
  usage: { prompt_tokens: 240, completion_tokens: 120, total_tokens: 360 },
});
const MODELS = JSON.stringify({ object: "list", data: [{ id: "stub", object: "model" }] });
const [TEXT = "", TOOL = "", SCORE = ""] = [{ text: QUESTION.repeat(4) }, { toolUse: TOOL_USE }, { text: "4" }].map(
  bodyOf,
);

const NO_CALLS = { begun: 0, answered: 0, throttled: 0, peakInFlight: 0, begunAtMs: 0 };
let counts = { ...NO_CALLS };
let watch: Watch = { milestones: [] };
let full: (Moment & { readonly answered: number }) | undefined;
let latestBegin: Moment | undefined;
let inFlight = 0;
let busyMs = 0;
let changedAtMs = 0;

/** A point in time, and how long calls had been in flight by then, all added up. */
interface Moment {
  readonly atMs: number;
  readonly busyMs: number;
}

process.on("message", (command: StubCommand) => {
  if (command === "report") return send({ type: "figures", figures: figures() });
  watch = command;
  counts = { ...NO_CALLS };
  full = undefined;
});

const server = createServer((request, response) => {
  if (request.url === "/v1/models") return void response.writeHead(200, HEADERS).end(MODELS);
  let body = "";
  request.setEncoding("utf8");
  request.on("data", (chunk: string) => (body += chunk));
  request.on("end", () => accept(response, answerTo(request.url, body)));
});
server.keepAliveTimeout = 60_000;
server.listen(0, "127.0.0.1", 2_048, () =>
  send({ type: "listening", url: `http://127.0.0.1:${(server.address() as AddressInfo).port}` }),
);

/** The body of the answer to a request. */
function answerTo(url: string | undefined, body: string): string {
  if (url === "/v1/chat/completions") return CHAT;
  return body.includes('"toolConfig"') ? TOOL : body.includes("from 1 to 5") ? SCORE : TEXT;
}

function accept(response: ServerResponse, text: string): void {
  if (counts.begunAtMs === 0) {
    counts.begunAtMs = performance.now();
    send({ type: "firstCall" });
  }
  if (inFlight >= maxInFlight) {
    counts.throttled += 1;
    response.writeHead(429, { ...HEADERS, "x-amzn-errortype": "ThrottlingException", "retry-after": "1" });
    return void response.end('{"message":"Too many requests, please wait before trying again."}');
  }
  const now = changeInFlight(1);
  const ms = typeof latencyMs === "number" ? latencyMs : latencyOf(latencyMs, counts.begun);
  counts.begun += 1;
  counts.peakInFlight = Math.max(counts.peakInFlight, inFlight);
  if (watch.fullAt === inFlight) full ??= { ...now, answered: counts.answered };
  latestBegin = now;
  setTimeout(() => answer(response, text), ms);
}

function changeInFlight(by: 1 | -1): Moment {
  const atMs = performance.now();
  busyMs += inFlight * (atMs - changedAtMs);
  changedAtMs = atMs;
  inFlight += by;
  return { atMs, busyMs };
}

function answer(response: ServerResponse, text: string): void {
  changeInFlight(-1);
  // The caller was killed.
  if (response.destroyed) return;
  counts.answered += 1;
  response.writeHead(200, HEADERS);
  response.end(text);
  if (watch.milestones.includes(counts.answered)) send({ type: "milestone", figures: figures() });
}

function figures(): StubFigures {
  const { begunAtMs, ...counted } = counts;
  const nowMs = performance.now();
  const fullPerSecond = full ? ((counts.answered - full.answered) * 1_000) / (nowMs - full.atMs) : 0;
  const meanInFlight =
    full && latestBegin ? (latestBegin.busyMs - full.busyMs) / Math.max(1, latestBegin.atMs - full.atMs) : 0;
  return { ...counted, seconds: (nowMs - begunAtMs) / 1_000, fullPerSecond, meanInFlight };
}

function bodyOf(content: object): string {
  return JSON.stringify({
    output: { message: { role: "assistant", content: [content] } },
    stopReason: "end_turn",
    usage: { inputTokens: 240, outputTokens, totalTokens: 240 + outputTokens },
  });
}

function send(message: StubMessage): void {
  process.send?.(message);
}
