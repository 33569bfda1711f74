/** The whole product for one suite: its own data directory, the assembly synthesized once, and additional users. */
import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
} from "@aws-sdk/client-cognito-identity-provider";
import { spawn, type ChildProcess } from "node:child_process";
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startInstance, type Instance } from "../../cli/instance.ts";
import { synthesize } from "../../cli/synthesize.ts";
import { ASSEMBLY, COMMANDS_VARIABLE } from "./synthesize-once.ts";

export interface Product extends Instance {
  readonly data: string;
  /** Stops it and starts it again on the same data. @param between runs while it is stopped */
  restart(between?: () => Promise<unknown>): Promise<Product>;
  /** Stops it and removes its data. */
  end(): Promise<void>;
}

/** A model fast enough for tests; suites override what they test. */
const QUICK_MODEL = { latencyMs: 20 };

export interface ProductOptions {
  /** Settings of the sample model. */
  readonly model?: object;
  /** Another model, as `--model` names it. */
  readonly modelOption?: string;
  readonly assembly?: string;
  /** Deployment options, as for `cdk deploy -c`; they need their own assembly. */
  readonly context?: Readonly<Record<string, unknown>>;
}

export async function startProduct(options: ProductOptions = {}): Promise<Product> {
  const { model = {}, modelOption, assembly = ASSEMBLY, context } = options;
  const data = await mkdtemp(join(tmpdir(), "plot-palette-"));
  process.env.PLOT_PALETTE_MODEL = JSON.stringify(modelOption ? {} : { ...QUICK_MODEL, ...model });
  const own = join(data, "cdk.out");
  if (context) await synthesize(own, { context });
  const start = () => startInstance({ data, model: modelOption, assembly: context ? own : assembly });
  return productOf(data, await start(), start);
}

function productOf(data: string, instance: Instance, start: () => Promise<Instance>): Product {
  return {
    ...instance,
    data,
    async restart(between = async () => undefined) {
      await instance.stop();
      await between();
      return productOf(data, await start(), start);
    },
    async end() {
      await instance.stop();
      await rm(data, { recursive: true, force: true });
    },
  };
}

/** Creates another user besides the demo user. */
export async function createUser(
  { outputs, cloud }: Instance,
  email: string,
): Promise<{ email: string; password: string }> {
  const password = "Another-Person-1";
  const client = new CognitoIdentityProviderClient({
    region: outputs.region,
    endpoint: outputs.userPoolEndpoint,
    credentials: cloud.operator,
  });
  const user = { UserPoolId: outputs.userPoolId, Username: email };
  const UserAttributes = [
    { Name: "email", Value: email },
    { Name: "email_verified", Value: "true" },
  ];
  await client.send(new AdminCreateUserCommand({ ...user, UserAttributes, MessageAction: "SUPPRESS" }));
  await client.send(new AdminSetUserPasswordCommand({ ...user, Password: password, Permanent: true }));
  client.destroy();
  return { email, password };
}

export interface ModelCall {
  readonly at: string;
  readonly modelId: string;
  readonly inputTokens: number;
  readonly outputTokens: number;
  readonly status: string;
}

/** The calls to the sample model, in order. */
export async function modelCalls(data: string): Promise<ModelCall[]> {
  const text = await readFile(join(data, "model-calls.jsonl"), "utf8").catch(() => "");
  return text
    .split("\n")
    .filter(Boolean)
    .map((line) => JSON.parse(line) as ModelCall);
}

export interface Finished {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface Running {
  readonly child: ChildProcess;
  readonly finished: Promise<Finished>;
}

/** One of the product's commands in its own process, as a terminal would run it. */
export function runCommand(
  name: "start" | "generate",
  args: readonly string[],
  env: Record<string, string> = {},
): Running {
  const file = join(process.env[COMMANDS_VARIABLE] ?? "", `${name}.js`);
  const child = spawn(process.execPath, [file, ...args], {
    cwd: join(import.meta.dirname, "..", ".."),
    env: { ...process.env, NODE_OPTIONS: "", AWS_SDK_JS_NODE_VERSION_SUPPORT_WARNING_DISABLED: "true", ...env },
    stdio: ["ignore", "pipe", "pipe"],
  });
  let stdout = "";
  let stderr = "";
  child.stdout.on("data", (chunk) => (stdout += chunk));
  child.stderr.on("data", (chunk) => (stderr += chunk));
  const finished = new Promise<Finished>((resolve, reject) => {
    child.once("error", reject);
    child.once("close", (code) => resolve({ code, stdout, stderr }));
  });
  return { child, finished };
}

/** Polls for a condition; the error names what it waited for. */
export async function until<T>(
  what: string,
  ask: () => Promise<T | undefined | false> | T | undefined | false,
  seconds = 60,
): Promise<T> {
  const deadline = Date.now() + seconds * 1000;
  for (;;) {
    const answer = await ask();
    if (answer !== undefined && answer !== false) return answer;
    if (Date.now() > deadline) throw new Error(`Waited ${seconds} s for ${what}.`);
    await new Promise((resolve) => setTimeout(resolve, 50));
  }
}
