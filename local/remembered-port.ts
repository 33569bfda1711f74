import { readFileSync } from "node:fs";
import { join } from "node:path";
import { replaceFile } from "./files.ts";
import type { Listening } from "./http.ts";

/**
 * Listens on the port of the last start on this data folder, or on any free one if that is taken: open pages, tokens and
 * clients name the addresses they were given, and a restart must not leave them behind.
 * @param folder the service's own, where the port is remembered
 * @param file a name of its own for each of several servers of one service
 */
export async function listenOnRememberedPort<L extends Pick<Listening, "url">>(
  folder: string,
  listen: (port: number) => Promise<L>,
  file = "port",
): Promise<L> {
  const path = join(folder, file);
  const lastPort = readPort(path);
  const listening = lastPort === undefined ? await listen(0) : await listen(lastPort).catch(() => listen(0));
  const port = portOf(listening);
  if (port !== lastPort) replaceFile(path, `${port}\n`);
  return listening;
}

/** Remembers a port that was not chosen here. */
export function rememberPort(folder: string, listening: Pick<Listening, "url">): void {
  replaceFile(join(folder, "port"), `${portOf(listening)}\n`);
}

function readPort(path: string): number | undefined {
  try {
    const port = Number(readFileSync(path, "utf8"));
    return Number.isInteger(port) && port > 0 && port <= 65_535 ? port : undefined;
  } catch {
    return undefined;
  }
}

function portOf({ url }: Pick<Listening, "url">): number {
  return Number(new URL(url).port || 80);
}
