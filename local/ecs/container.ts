/** One container of a task: its image's program as a child process, with the container's environment and nothing else. */
import type { ChildProcess } from "node:child_process";
import { closeSync, existsSync, openSync } from "node:fs";
import path from "node:path";
import { constants } from "node:os";
import type { Writable } from "node:stream";
import { fileURLToPath } from "node:url";
import { endChild, killChild, startChild } from "../children.ts";
import { reportExhaustion } from "../exhaustion.ts";
import { pathInImage, type Image } from "./image.ts";

const MOVED_CLOCK_FILE = fileURLToPath(new URL("../clock/moved-clock.cjs", import.meta.url));
const CLOCK_PIPE = 3;
const DEFAULT_STOP_TIMEOUT_SECONDS = 30;

/** `ContainerDefinitions` of a task definition, the supported members. */
export interface ContainerDefinition {
  readonly Name: string;
  readonly Image: string;
  readonly Essential?: boolean | string;
  readonly EntryPoint?: readonly string[];
  readonly Command?: readonly string[];
  readonly WorkingDirectory?: string;
  readonly Environment?: readonly { Name: string; Value: string }[];
  readonly StopTimeout?: number | string;
}

export interface ContainerOverride {
  readonly name: string;
  readonly command?: readonly string[];
  readonly environment?: readonly { name: string; value: string }[];
}

export interface ContainerOptions {
  readonly definition: ContainerDefinition;
  readonly override: ContainerOverride | undefined;
  readonly image: Image;
  /** What the platform adds: endpoints, credentials, metadata. Takes precedence over image, definition and override. */
  readonly platformEnv: Readonly<Record<string, string>>;
  readonly logFile: string;
  /** How far the cloud's clock is ahead of the machine's. */
  readonly clockAheadMs: number;
}

export class Container {
  readonly name: string;
  readonly isEssential: boolean;
  exitCode: number | undefined;
  /** Why it failed to start. */
  failure: string | undefined;
  /** Resolves when the program has ended, for whatever reason. */
  readonly ended: Promise<void>;
  readonly #child: ChildProcess;
  readonly #stopTimeoutMs: number;
  #isStopping = false;

  constructor(options: ContainerOptions) {
    const { definition } = options;
    this.name = definition.Name;
    this.isEssential = String(definition.Essential ?? true) === "true";
    this.#stopTimeoutMs = Number(definition.StopTimeout ?? DEFAULT_STOP_TIMEOUT_SECONDS) * 1000;
    this.#child = startProgram(options);
    // The program may have just ended.
    this.#child.stdio?.[CLOCK_PIPE]?.on("error", () => {});
    this.ended = new Promise((resolve) => {
      this.#child.once("error", (error) => {
        reportExhaustion(error);
        this.failure = `CannotStartContainerError: ${error.message}`;
        resolve();
      });
      this.#child.once("exit", (code, signal) => {
        this.exitCode = code ?? 128 + (signal ? constants.signals[signal] : 0);
        resolve();
      });
    });
  }

  get pid(): number | undefined {
    return this.#child.pid;
  }

  /** SIGTERM once, then SIGKILL after the container's StopTimeout (or a shorter one given later). */
  stop(timeoutMs = this.#stopTimeoutMs): Promise<void> {
    if (this.#isStopping) setTimeout(() => this.kill(), timeoutMs).unref();
    else void endChild(this.#child, timeoutMs);
    this.#isStopping = true;
    return this.ended;
  }

  /** SIGKILL, as when the host fails. */
  kill(): void {
    killChild(this.#child);
  }

  /** Passes a move of the cloud's clock on to the program. */
  moveClock(aheadMs: number): void {
    (this.#child.stdio?.[CLOCK_PIPE] as Writable | undefined)?.write(`${aheadMs}\n`);
  }
}

function startProgram({
  definition,
  override,
  image,
  platformEnv,
  logFile,
  clockAheadMs,
}: ContainerOptions): ChildProcess {
  const { recipe } = image;
  const entrypoint = definition.EntryPoint ?? recipe.entrypoint;
  const command = override?.command ?? definition.Command ?? (definition.EntryPoint ? [] : recipe.command);
  const [program = "", ...args] = [...entrypoint, ...command].map((word) => localPath(image, word));
  const isNode = path.basename(program) === "node";
  const log = openSync(logFile, "a", 0o600);
  const env = {
    ...recipe.env,
    ...Object.fromEntries((definition.Environment ?? []).map(({ Name, Value }) => [Name, String(Value)])),
    ...Object.fromEntries((override?.environment ?? []).map(({ name, value }) => [name, value])),
    ...platformEnv,
    // The image's own PATH does not exist on this machine.
    PATH: process.env["PATH"] ?? "",
    HOME: image.root,
    ...(isNode && { LOCAL_CLOCK_AHEAD_MS: String(clockAheadMs), LOCAL_CLOCK_PIPE: String(CLOCK_PIPE) }),
  };
  try {
    return startChild(isNode ? process.execPath : program, isNode ? ["--require", MOVED_CLOCK_FILE, ...args] : args, {
      cwd: pathInImage(image, definition.WorkingDirectory ?? recipe.workdir),
      env,
      stdio: isNode ? ["ignore", log, log, "pipe"] : ["ignore", log, log],
    });
  } finally {
    closeSync(log);
  }
}

/** Maps an absolute path to the image's file on this machine, if there is one. */
function localPath(image: Image, word: string): string {
  const local = pathInImage(image, word);
  return word.startsWith("/") && existsSync(local) ? local : word;
}
