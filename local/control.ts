/**
 * The local cloud's control endpoint: moves its clock, interrupts and kills its tasks. Requests need the secret from
 * `control.json`, so that no web page can make them.
 */
import type { IncomingMessage, ServerResponse } from "node:http";
import { randomBytes, timingSafeEqual } from "node:crypto";
import { decodePath, listen, readBody, sendJson, urlOf } from "./http.ts";
import type { Listening } from "./http.ts";

export const CONTROL_HEADER = "x-local-control";

export interface Controlled {
  /** Moves the cloud's clock forward. @throws Error for a distance that it cannot move */
  advance(milliseconds: number): void;
  now(): number;
  /** `undefined` until the cloud has tasks to control. */
  tasks(): TaskControl | undefined;
}

/** Controls the running containers. */
export interface TaskControl {
  list(): readonly unknown[];
  /** A Spot interruption: a warning, SIGTERM, and SIGKILL after the stop timeout. */
  interrupt(taskId: string): unknown;
  /** A host failure: SIGKILL without warning. */
  kill(taskId: string): unknown;
}

export interface Control extends Listening {
  readonly token: string;
}

const BODY_LIMIT_BYTES = 4_096;

export async function startControl(controlled: Controlled): Promise<Control> {
  const token = randomBytes(32).toString("hex");
  const listening = await listen(async (request, response) => {
    const { pathname } = urlOf(request);
    if (request.method === "GET" && pathname === "/health")
      return sendJson(response, 200, { ok: true, pid: process.pid });
    if (!isToken(request.headers[CONTROL_HEADER], token)) {
      return sendJson(response, 403, {
        message: `The header ${CONTROL_HEADER} must carry the token from control.json.`,
      });
    }
    await answer(controlled, pathname, request, response);
  });
  return { ...listening, token };
}

async function answer(
  controlled: Controlled,
  path: string,
  request: IncomingMessage,
  response: ServerResponse,
): Promise<void> {
  const [, collection, taskId, act] = path.split("/");
  if (request.method === "POST" && path === "/clock") return moveClock(controlled, request, response);
  const tasks = controlled.tasks();
  if (collection === "tasks" && !tasks)
    return sendJson(response, 503, { message: "The local cloud is still starting." });
  if (request.method === "GET" && path === "/tasks") return sendJson(response, 200, { tasks: tasks!.list() });
  if (request.method === "POST" && taskId && (act === "interrupt" || act === "kill")) {
    return actOnTask(tasks!, decodePath(taskId), act, response);
  }
  sendJson(response, 404, {
    message: `There is no ${request.method} ${path}; use POST /clock, GET /tasks, POST /tasks/ID/interrupt, POST /tasks/ID/kill or GET /health.`,
  });
}

async function moveClock(controlled: Controlled, request: IncomingMessage, response: ServerResponse): Promise<void> {
  const text = (await readBody(request, BODY_LIMIT_BYTES)).toString();
  const advanceMs = readAdvance(text);
  if (advanceMs === undefined) {
    return sendJson(response, 400, {
      message: `Expected {"advanceMs": MILLISECONDS} with a number of at least 0; got ${text || "nothing"}.`,
    });
  }
  try {
    controlled.advance(advanceMs);
  } catch (error) {
    return sendJson(response, 400, { message: (error as Error).message });
  }
  sendJson(response, 200, { now: new Date(controlled.now()).toISOString() });
}

function readAdvance(text: string): number | undefined {
  try {
    const { advanceMs } = JSON.parse(text);
    return typeof advanceMs === "number" && advanceMs >= 0 ? advanceMs : undefined;
  } catch {
    return undefined;
  }
}

async function actOnTask(
  tasks: TaskControl,
  taskId: string,
  act: "interrupt" | "kill",
  response: ServerResponse,
): Promise<void> {
  try {
    await tasks[act](taskId);
    sendJson(response, 200, { ok: true });
  } catch (error) {
    sendJson(response, 404, { message: (error as Error).message });
  }
}

function isToken(given: string | string[] | undefined, token: string): boolean {
  const bytes = Buffer.from(String(given ?? ""));
  return bytes.length === token.length && timingSafeEqual(bytes, Buffer.from(token));
}
