/**
 * Preloaded into the processes of functions and containers: makes their `Date` follow the local cloud's clock, which can be
 * moved forward. Until it is moved, `Date` is left alone. Timers and `performance.now()` keep real time.
 */
"use strict";
const RealDate = Date;
let aheadMs = 0;

/** @param {number} milliseconds how far the cloud's clock is ahead of the machine's */
function moveClock(milliseconds) {
  aheadMs = milliseconds;
  if (aheadMs !== 0 && globalThis.Date === RealDate) globalThis.Date = MovedDate;
}

const now = () => RealDate.now() + aheadMs;
const MovedDate = new Proxy(RealDate, {
  apply: () => new RealDate(now()).toString(),
  construct: (target, args, newTarget) => Reflect.construct(target, args.length === 0 ? [now()] : args, newTarget),
  get: (target, key) => (key === "now" ? now : Reflect.get(target, key)),
});

/** A container learns of later moves through a pipe: one number of milliseconds per line. */
function listenOnPipe(descriptor) {
  const { Socket } = process.getBuiltinModule("node:net");
  const pipe = new Socket({ fd: descriptor, readable: true, writable: false });
  pipe.unref();
  pipe.on("error", () => undefined);
  pipe.setEncoding("utf8").on("data", (lines) => moveClock(Number(lines.trimEnd().split("\n").at(-1))));
}

if (process.env.LOCAL_CLOCK_AHEAD_MS !== undefined) moveClock(Number(process.env.LOCAL_CLOCK_AHEAD_MS));
if (process.env.LOCAL_CLOCK_PIPE !== undefined) listenOnPipe(Number(process.env.LOCAL_CLOCK_PIPE));
delete process.env.LOCAL_CLOCK_AHEAD_MS;
delete process.env.LOCAL_CLOCK_PIPE;

module.exports = { moveClock };
