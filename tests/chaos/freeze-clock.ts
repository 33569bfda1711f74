/**
 * Simulated time stands still while a sandbox is built, which takes real time. Without this, how long the machine takes to
 * compile WebAssembly would decide what happens first in a run, and a seed would not repeat it.
 */
import type { Clock } from "../../worker/ports.ts";
import { Sandbox } from "../../worker/sandbox/sandbox.ts";

let building = 0;
let held: Clock | undefined;
const { ready } = Sandbox.prototype;

Sandbox.prototype.ready = async function (this: Sandbox): Promise<void> {
  building += 1;
  const clock = held;
  // A sandbox that stands is ready before this.
  const waiting = setImmediate(() => clock && hold(clock));
  try {
    await ready.call(this);
  } finally {
    building -= 1;
    clearImmediate(waiting);
  }
};

/** The clock that is held from now on. */
export function holdStill(clock: Clock): void {
  held = clock;
}

/** A timer that is due at once, again and again: none after it comes to its turn. */
function hold(clock: Clock): void {
  if (building > 0) clock.after(0, () => hold(clock));
}
