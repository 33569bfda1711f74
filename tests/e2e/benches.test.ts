/** Each bench in a form that takes seconds: none may rot between the days on which someone measures. */
import { BENCHES } from "../../bench/benches.ts";
import type { Figure } from "../../bench/figure.ts";

/** `start-up` starts the product twice, as every suite here does once. */
const NAMES = Object.keys(BENCHES).filter((name) => name !== "start-up");

test.each(NAMES)(
  "the bench %s measures",
  async (name) => {
    const figures: Figure[] = [];
    for await (const figure of BENCHES[name]!({ isShort: true, wants: () => true })) figures.push(figure);
    expect(figures.length).toBeGreaterThan(0);
    for (const { what, value, aim = "" } of figures) {
      expect([what, Number.isFinite(value)]).toEqual([what, true]);
      // What must be exact is so at any speed: nothing lost, nothing paid for twice.
      if (Number.isFinite(Number(aim || NaN))) expect([what, value]).toEqual([what, Number(aim)]);
    }
  },
  120_000,
);
