import fc from "fast-check";
import { mayRetry, retriesUsed } from "#core/shard/attempts";

const LIMITS = { slots: 10, maxAttempts: 3 };
const NONE = { attempts: 0, priorUnsuccessfulAttempts: 0, delivered: 0, failed: 0 };

test.each([
  ["nothing was tried", { attempts: 0, delivered: 0, failed: 0 }, 0],
  ["each slot was filled at once", { attempts: 10, delivered: 10, failed: 0 }, 0],
  ["two slots in hand were refused once", { attempts: 5, delivered: 3, failed: 0 }, 2],
  ["one took three attempts, and one failed after two", { attempts: 5, delivered: 1, failed: 1 }, 3],
  ["what failed is taken up again", { attempts: 5, priorUnsuccessfulAttempts: 4, delivered: 1, failed: 0 }, 0],
])("when %s, the pool has lent what the counts say", (_, made, used) =>
  expect(retriesUsed({ ...NONE, ...made })).toBe(used),
);

test.each<[string, Partial<typeof LIMITS>, Partial<typeof NONE>, number, boolean]>([
  ["goes on while the pool lends", {}, { attempts: 19, delivered: 0, failed: 0 }, 0, true],
  ["ends when the pool is empty", {}, { attempts: 20, delivered: 0, failed: 0 }, 0, false],
  ["may use what easy slots leave", {}, { attempts: 20, delivered: 9, failed: 0 }, 11, true],
  ["makes five times the average at most", {}, { attempts: 23, delivered: 9, failed: 0 }, 14, false],
  ["has one attempt where one is the average", { maxAttempts: 1 }, { attempts: 0, delivered: 0, failed: 0 }, 0, false],
  [
    "has as many again in a further pass",
    {},
    { attempts: 40, priorUnsuccessfulAttempts: 30, delivered: 0, failed: 0 },
    2,
    true,
  ],
])("a slot %s", (_, limits, made, attempt, mayGoOn) => {
  expect(mayRetry({ ...LIMITS, ...limits }, { ...NONE, ...made }, attempt)).toBe(mayGoOn);
});

/** Plays a shard whose slots are tried in any order, none of them with luck above the given. */
function play(slots: number, maxAttempts: number, luck: readonly boolean[]): { attempts: number; tried: number[] } {
  const made = { ...NONE };
  const tried = Array.from({ length: slots }, () => 0);
  let open = tried.map((_, slot) => slot);
  for (let n = 0; open.length > 0; n++) {
    const slot = open[n % open.length] ?? 0;
    const attempt = tried[slot] ?? 0;
    const isMade = luck[n % luck.length] === true;
    const goesOn = !isMade && mayRetry({ slots, maxAttempts }, made, attempt);
    made.attempts += 1;
    tried[slot] = attempt + 1;
    if (goesOn) continue;
    open = open.filter((one) => one !== slot);
    if (isMade) made.delivered += 1;
    else made.failed += 1;
  }
  return { attempts: made.attempts, tried };
}

test("a shard never makes more attempts than its average allows, each slot at least one, none too many", () => {
  fc.assert(
    fc.property(
      fc.integer({ min: 1, max: 30 }),
      fc.integer({ min: 1, max: 8 }),
      fc.array(fc.boolean(), { minLength: 1, maxLength: 50 }),
      (slots, maxAttempts, luck) => {
        const { attempts, tried } = play(slots, maxAttempts, luck);
        expect(attempts).toBeLessThanOrEqual(slots * maxAttempts);
        expect(Math.min(...tried)).toBeGreaterThanOrEqual(1);
        expect(Math.max(...tried)).toBeLessThanOrEqual(5 * maxAttempts);
        if (!luck.includes(true) && slots >= 5) expect(attempts).toBe(slots * maxAttempts);
      },
    ),
  );
});
