import { Bell } from "../../worker/bell.ts";
import { Gate } from "../../worker/gate.ts";
import { Lease } from "../../worker/lease.ts";
import { SimClock } from "./sim-clock.ts";

describe("the gate", () => {
  test("halves once for all calls that were in flight together, and not below one", () => {
    const gate = new Gate(32, new Bell());
    for (let n = 0; n < 20; n++) gate.throttled(100, 200);
    expect(gate.limit).toBe(16);
    gate.throttled(250, 300);
    expect(gate.limit).toBe(8);
    for (let n = 4; n < 20; n++) gate.throttled(n * 100, n * 100 + 50);
    expect(gate.limit).toBe(1);
  });

  test("creeps up again with answers, by about one for each round of them, and not above its most", () => {
    const gate = new Gate(8, new Bell());
    gate.throttled(0, 1);
    expect(gate.limit).toBe(4);
    for (let n = 0; n < 6; n++) gate.answered();
    expect(gate.limit).toBe(5);
    for (let n = 0; n < 200; n++) gate.answered();
    expect(gate.limit).toBe(8);
  });

  test("has room until as many are inside as the limit allows, and rings when one leaves", async () => {
    const bell = new Bell();
    const gate = new Gate(2, bell);
    gate.enter();
    gate.enter();
    expect(gate.hasRoom).toBe(false);
    const heard = bell.heard();
    gate.leave();
    await heard;
    expect(gate.hasRoom).toBe(true);
  });
});

describe("a lease", () => {
  test("lets calls begin for half its length after a renewal was asked for, and ends before others may take it", async () => {
    const clock = new SimClock();
    let endedAtMs = 0;
    const beganAtMs = clock.monotonicMs();
    const lease = new Lease(clock, 60_000, beganAtMs, new Bell(), () => (endedAtMs = clock.monotonicMs() - beganAtMs));
    clock.skip(29_999);
    expect(lease.isFresh).toBe(true);
    clock.skip(1);
    expect(lease.isFresh).toBe(false);
    lease.renewed(beganAtMs + 20_000);
    expect(lease.isFresh).toBe(true);
    await clock.run(new Promise<void>((resolve) => clock.after(100_000, resolve)));
    expect(endedAtMs).toBeGreaterThan(20_000 + 30_000);
    expect(endedAtMs).toBeLessThan(20_000 + 60_000);
  });
});
