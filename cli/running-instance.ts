/** The running Plot Palette that uses a data directory. */
import { readFile } from "node:fs/promises";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { holderOf } from "../local/data-folder.ts";
import type { DemoUser } from "./demo-user.ts";

/** `DIR/outputs.json`. On AWS the site's `/config.json` has the same shape without the local keys. */
export interface Outputs {
  readonly graphqlUrl: string;
  readonly realtimeUrl: string;
  readonly region: string;
  readonly userPoolId: string;
  readonly userPoolClientId: string;
  readonly userPoolProviderUrl: string;
  readonly userPoolEndpoint: string;
  readonly bucket: string;
  readonly appUrl: string;
  readonly demoUser: DemoUser;
  readonly endpoints: Readonly<Record<string, string>>;
}

const POLL_INTERVAL_MS = 200;

/** The outputs of the instance that uses a data directory, once it is ready; `undefined` when none does. */
export async function findInstance(data: string, signal?: AbortSignal): Promise<Outputs | undefined> {
  const folder = resolve(data);
  while (await holderOf(folder)) {
    const outputs = await readFile(join(folder, "outputs.json"), "utf8").catch(() => undefined);
    if (outputs) return JSON.parse(outputs) as Outputs;
    await sleep(POLL_INTERVAL_MS, undefined, { signal });
  }
  return undefined;
}
