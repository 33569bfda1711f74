import { ONE_STEP, THREE_STEPS } from "./qa3.ts";
import { Stub } from "./stub.ts";
import { WorkerStand } from "./worker-stand.ts";
const [inFlight, steps, records] = process.argv.slice(2).map(Number) as [number, 1 | 3, number];
const stand = await WorkerStand.open();
const stub = await Stub.start({ latencyMs: 200 });
let done: any;
const r = await stub.watch(records * steps, async () => {
  const w = await stand.start({ template: steps === 1 ? ONE_STEP : THREE_STEPS, records, inFlight, modelUrl: stub.url });
  done = w.done; return w.process;
});
console.log(r, "ms/call", r.cpuMs / records / steps, "per s", records * steps / r.seconds);
await done;
stub.stop(); await stand.close(); process.exit(0);
