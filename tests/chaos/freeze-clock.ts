/**
 * Simulated time stands still while a sandbox is built, which takes real time. Otherwise the time to compile WebAssembly would
 * affect the order of events, and a seed would not reproduce its run.
 */
import type { Clock } from "../../worker/ports.ts";
import { Sandbox } from "../../worker/sandbox/sandbox.ts";

let building = 0;
let held: Clock | undefined;
const { ready } = Sandbox.prototype;

Sandbox.prototype.ready = async function (this: Sandbox): Promise<void> {
  building += 1;
  const clock = held;
  // A sandbox that is already built is ready before this.
  const waiting = setImmediate(() => clock && hold(clock));
  try {
    await ready.call(this);
  } finally {
    building -= 1;
    clearImmediate(waiting);
  }
};

/** Registers the clock to freeze. */
export function freezeWhileBuilding(clock: Clock): void {
  held = clock;
}

/** A timer that is due immediately, again and again, so that no later one fires. */
function hold(clock: Clock): void {
  if (building > 0) clock.after(0, () => hold(clock));
}
