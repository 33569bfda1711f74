import { spawn } from "node:child_process";
import { once } from "node:events";
import { createInterface } from "node:readline";
import { fileURLToPath } from "node:url";
import type { Resource } from "../../local/service.ts";

/** Starts a service in a child process; `kill` ends it with SIGKILL and waits until it is gone. */
export async function startDoomed(name: "dynamodb" | "s3", folder: string, resource: Resource) {
  const script = fileURLToPath(new URL("./service-child.ts", import.meta.url));
  const child = spawn(process.execPath, ["--import", "tsx", script, name, folder, JSON.stringify(resource)], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  const [url] = (await once(createInterface({ input: child.stdout }), "line")) as [string];
  return {
    url,
    pid: child.pid!,
    async kill() {
      const gone = once(child, "exit");
      child.kill("SIGKILL");
      await gone;
    },
  };
}
