/** All benches by name, in the order they run. */
import { calls } from "./calls.ts";
import { dispatch, SHORT_DISPATCH } from "./dispatch.ts";
import { exporting } from "./export.ts";
import type { Bench, Figure } from "./figure.ts";
import { fleet } from "./fleet.ts";
import { memory } from "./memory.ts";
import { restart } from "./restart.ts";
import { screen } from "./screen.ts";
import { seeds } from "./seeds.ts";
import { small } from "./small.ts";
import { speed } from "./speed.ts";
import { startUp } from "./start-up.ts";
import { storm } from "./storm.ts";
import { tails } from "./tails.ts";
import { templates } from "./templates.ts";
import { user } from "./user.ts";
import { SHORT_WRITES, writes } from "./writes.ts";

export const BENCHES: Readonly<Record<string, Bench>> = {
  "start-up": atOnce(() => startUp()),
  user: atOnce((isShort) => user(isShort ? 200 : undefined)),
  speed,
  calls,
  tails: atOnce((isShort) => tails(isShort ? "short" : "full")),
  storm,
  writes: atOnce((isShort) => writes(isShort ? SHORT_WRITES : undefined)),
  dispatch: atOnce((isShort) => dispatch(isShort ? SHORT_DISPATCH : undefined)),
  restart,
  fleet,
  small,
  memory,
  export: atOnce((isShort) => exporting(isShort ? { records: 2_000, runs: 1 } : undefined)),
  screen,
  seeds,
  templates,
};

/** For a bench that has all figures at its end. */
function atOnce(measure: (isShort: boolean) => Promise<readonly Figure[]>): Bench {
  return async function* ({ isShort }) {
    yield* await measure(isShort);
  };
}
