/**
 * The Node.js runtime of a function: runs inside the function's process, loads its handler and calls it with one event at a
 * time. Events and answers use the process's IPC channel. Plain JavaScript, since nothing compiles it there.
 */
import { performance } from "node:perf_hooks";
import { createRequire } from "node:module";
import { patchConsole } from "./runtime-console.mjs";
import { loadHandler } from "./runtime-load.mjs";
import { answerOverPlainHttp } from "./runtime-https.mjs";

const { moveClock } = createRequire(import.meta.url)("../clock/moved-clock.cjs");
const { env } = process;
let currentRequestId = "";

patchConsole(() => currentRequestId);
process.on("uncaughtException", (error) => fail(error, true));
process.on("unhandledRejection", (reason) => {
  fail({ name: "Runtime.UnhandledPromiseRejection", message: String(reason), stack: reason?.stack }, true);
});
// The channel closes when the parent stops or dies.
process.on("disconnect", () => process.exit(0));

const loading = loadHandler(env.LAMBDA_TASK_ROOT, env._HANDLER).then(
  (handler) => ({ handler }),
  (error) => ({ error }),
);
process.on("message", (invocation) => void handle(invocation));
await loading;
process.send({ type: "ready" });

async function handle(invocation) {
  currentRequestId = invocation.requestId;
  moveClock(invocation.clockAheadMs);
  const { handler, error } = await loading;
  if (error) return fail(error, true);
  try {
    const event = JSON.parse(invocation.payload);
    if (typeof event?.ResponseURL === "string") answerOverPlainHttp(event.ResponseURL);
    succeed(await callHandler(handler, event, contextOf(invocation)));
  } catch (thrown) {
    fail(thrown, false);
  }
}

/** A handler answers with a promise or, in the older style, with a callback. */
function callHandler(handler, event, context) {
  return new Promise((resolve, reject) => {
    const callback = (error, result) => (error ? reject(error) : resolve(result));
    const returned = handler(event, context, callback);
    if (typeof returned?.then === "function") returned.then(resolve, reject);
  });
}

function contextOf({ requestId, functionArn, remainingMs }) {
  const deadline = performance.now() + remainingMs;
  return {
    callbackWaitsForEmptyEventLoop: true,
    functionName: env.AWS_LAMBDA_FUNCTION_NAME,
    functionVersion: env.AWS_LAMBDA_FUNCTION_VERSION,
    invokedFunctionArn: functionArn,
    memoryLimitInMB: env.AWS_LAMBDA_FUNCTION_MEMORY_SIZE,
    awsRequestId: requestId,
    logGroupName: env.AWS_LAMBDA_LOG_GROUP_NAME,
    logStreamName: env.AWS_LAMBDA_LOG_STREAM_NAME,
    getRemainingTimeInMillis: () => Math.max(0, Math.round(deadline - performance.now())),
  };
}

function succeed(result) {
  let payload;
  try {
    payload = JSON.stringify(result ?? null) ?? "null";
  } catch (cause) {
    fail({ name: "Runtime.MarshalError", message: `Unable to stringify response body: ${cause.message}` }, false);
    return;
  }
  process.send({ type: "result", payload });
}

/** @param {boolean} fatal whether this process can handle no further event */
function fail(error, fatal) {
  const known = error !== null && typeof error === "object" && "message" in error;
  const answer = {
    errorType: known ? (error.name ?? "Error") : typeof error,
    errorMessage: known ? String(error.message) : String(error),
    trace: known && typeof error.stack === "string" ? error.stack.split("\n") : [],
  };
  console.error(`Invoke Error \t${JSON.stringify({ ...answer, trace: undefined, stack: answer.trace })}`);
  process.send({ type: "error", payload: JSON.stringify(answer), fatal });
}
