/** `npm start`: the whole product on this machine. */
import { spawn } from "node:child_process";
import { Command, InvalidArgumentError } from "commander";
import { EXIT, exitCodeOf } from "./exit-codes.ts";
import { startInstance } from "./instance.ts";

interface StartOptions {
  data: string;
  port: number;
  model?: string;
  browser: boolean;
  reset?: boolean;
}

const DEFAULT_PORT = 4280;

const command = new Command("npm start --")
  .description("Runs Plot Palette on this machine, from the same stacks that are deployed.")
  .option("--data <dir>", "data directory, kept between runs", ".local")
  .option("--port <n>", "port of the app", portOf, DEFAULT_PORT)
  .option(
    "--model <model>",
    "sample, openai=URL[,model=NAME][,key=VARIABLE] (Ollama, vLLM, llama.cpp) or bedrock",
    "sample",
  )
  .option("--no-browser", "do not open a browser")
  .option("--reset", "empty the data directory first")
  .allowExcessArguments(false)
  .exitOverride((error) => process.exit(error.exitCode === 0 ? 0 : EXIT.usage));

const began = Date.now();
const stopping = new AbortController();
// The second Ctrl-C does not wait: what a killed worker may have spent is written off; no saved record is lost.
process.on("SIGINT", () => (stopping.signal.aborted ? process.exit(EXIT.interrupted) : stopping.abort()));
process.on("SIGTERM", () => stopping.abort());

try {
  const options = command.parse().opts<StartOptions>();
  const instance = await startInstance({
    ...options,
    warm: true,
    signal: stopping.signal,
    onStep: (step) => console.log(`${step} …`),
  });
  const { appUrl, demoUser } = instance.outputs;
  console.log(`
Ready after ${((Date.now() - began) / 1000).toFixed(1)} s.

  Open      ${appUrl}
  Sign in   ${demoUser.email}
  Password  ${demoUser.password}
  Model     ${instance.model}

Data directory: ${options.data}. Emails (such as sign-up codes) are written to ${options.data}/cognito-identity-provider/outbox.jsonl.
Press Ctrl-C to stop.`);
  if (options.browser && process.stdout.isTTY) openInBrowser(appUrl);
  await aborted(stopping.signal);
  console.log("\nStopping; saving running jobs (press Ctrl-C again to skip the wait) …");
  await instance.stop();
} catch (error) {
  if (stopping.signal.aborted) console.log("\nStopped before it was ready; nothing was left running.");
  process.exitCode = stopping.signal.aborted ? EXIT.interrupted : exitCodeOf(error);
}
process.exit();

function portOf(text: string): number {
  const port = Number(text);
  if (!Number.isInteger(port) || port < 1 || port > 65_535)
    throw new InvalidArgumentError(`Expected a port from 1 to 65535, received "${text}".`);
  return port;
}

function aborted(signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => (signal.aborted ? resolve() : signal.addEventListener("abort", () => resolve())));
}

/** A convenience: where it fails, the address is still on the screen. */
function openInBrowser(url: string): void {
  const opener = { darwin: "open", win32: "explorer" }[process.platform as string] ?? "xdg-open";
  spawn(opener, [url], { stdio: "ignore", detached: true })
    .on("error", () => undefined)
    .unref();
}
