/** A running Plot Palette on this machine: found in its data folder, or started from the synthesized stacks. */
import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
} from "@aws-sdk/client-cognito-identity-provider";
import { readdir, readFile, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseModelOption } from "../local/bedrock/options.ts";
import { startCloud, type Cloud } from "../local/cloud.ts";
import { holderOf, openDataFolder } from "../local/data-folder.ts";
import { demoUserOf, writeSecret } from "./demo-user.ts";
import type { DemoUser } from "./demo-user.ts";
import { UsageError } from "./fail.ts";
import { synthesize } from "./synthesize.ts";

/** What `DIR/outputs.json` tells. On AWS the site's `/config.json` has the same shape without the local keys. */
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

export interface InstanceOptions {
  readonly data: string;
  readonly port?: number;
  /** With an empty data folder. */
  readonly reset?: boolean;
  /** `sample`, `openai=URL` or `bedrock`. */
  readonly model?: string;
  /** An assembly synthesized before; a new one in the data folder unless given. */
  readonly assembly?: string;
  readonly signal?: AbortSignal;
  /** Told what is being done, for people who wait. */
  readonly onStep?: (step: string) => void;
}

export interface Instance {
  readonly outputs: Outputs;
  readonly cloud: Cloud;
  /** Resolves when no worker runs any more, or when the signal is given. */
  idle(signal: AbortSignal): Promise<void>;
  stop(): Promise<void>;
}

const LOOK_EVERY_MS = 200;

/** The outputs of the instance that runs on a data folder, once it is ready; `undefined` when none does. */
export async function findInstance(data: string, signal?: AbortSignal): Promise<Outputs | undefined> {
  const folder = resolve(data);
  while (await holderOf(folder)) {
    const outputs = await readFile(join(folder, "outputs.json"), "utf8").catch(() => undefined);
    if (outputs) return JSON.parse(outputs) as Outputs;
    await sleep(LOOK_EVERY_MS, undefined, { signal });
  }
  return undefined;
}

/**
 * Synthesizes the stacks and brings them up. Everything that can be refused is refused before anything is made.
 * @throws UsageError for what a person can mend (folder, port, model)
 */
export async function startInstance(options: InstanceOptions): Promise<Instance> {
  const { signal, onStep = () => undefined } = options;
  const model = asUsage(() => parseModelOption(options.model, process.env.PLOT_PALETTE_MODEL));
  await refuseHeld(resolve(options.data));
  if (options.port !== undefined) await refuseTaken(options.port);
  if (options.reset) await resetData(options.data);
  const data = asUsage(() => openDataFolder(options.data));
  await rm(join(data, "outputs.json"), { force: true });
  let assembly = options.assembly;
  if (!assembly) {
    onStep("Synthesizing the stacks");
    assembly = join(data, "cdk.out");
    await synthesize(assembly, { signal });
  }
  signal?.throwIfAborted();
  onStep("Bringing them up");
  const cloud = await startCloud({ assembly, data, sitePort: options.port, model }).catch(async (error) => {
    // Another one may have taken the folder while this one synthesized.
    await refuseHeld(data);
    throw error;
  });
  try {
    signal?.throwIfAborted();
    const outputs = outputsOf(cloud, await demoUserOf(data));
    await makeDemoUser(cloud, outputs);
    await writeSecret(join(data, "outputs.json"), outputs);
    return {
      outputs,
      cloud,
      async idle(leave) {
        const isBusy = () => cloud.tasks.list().some(({ lastStatus }) => lastStatus !== "STOPPED");
        while (isBusy() && !leave.aborted) await sleep(LOOK_EVERY_MS);
      },
      async stop() {
        // First, so that nobody joins an instance that is leaving.
        await rm(join(data, "outputs.json"), { force: true });
        await cloud.stop();
      },
    };
  } catch (error) {
    await cloud.stop();
    throw error;
  }
}

async function refuseHeld(data: string): Promise<void> {
  const holder = await holderOf(data);
  if (holder)
    throw new UsageError(
      `The data folder ${data} is in use by the instance at ${holder.url}; use that one or choose another folder with --data.`,
    );
}

/** Before anything is made: bringing up the stacks finds it out too, but only after seconds. */
function refuseTaken(port: number): Promise<void> {
  return new Promise((free, reject) => {
    const probe = createServer()
      .once("error", ({ code }: NodeJS.ErrnoException) =>
        reject(
          new UsageError(
            `Port ${port} ${code === "EADDRINUSE" ? "is in use by another program" : `may not be opened (${code})`}; choose another with --port.`,
          ),
        ),
      )
      .once("listening", () => probe.close(() => free()))
      .listen(port, "127.0.0.1");
  });
}

/** All that is ever written into a data folder: the files of an instance and a folder for each service. */
const OWN_NAMES =
  /^(cdk\.out|(state|outputs|lock|control|demo-user)\.json(\.new)?|(model|iam)-calls\.jsonl|cloud\.log|\.probe-\d+|appsync|bedrock-runtime|cloudfront|cognito-identity-provider|custom-resource|dynamodb|ecs|eventbridge|iam|lambda|s3|sts)$/;

/** Empties a data folder that is not in use. @throws UsageError when it holds something that is not ours */
async function resetData(data: string): Promise<void> {
  const folder = resolve(data);
  const files: string[] = await readdir(folder).catch(() => []);
  if (files.length === 0) return;
  const strange = files.find((file) => !OWN_NAMES.test(file));
  if (strange !== undefined)
    throw new UsageError(
      `--reset would empty ${folder}, but "${strange}" in it is not data of Plot Palette; move it away or name another folder.`,
    );
  await rm(folder, { recursive: true });
}

function outputsOf({ outputs, endpoints }: Cloud, demoUser: DemoUser): Outputs {
  const text = (name: string) => outputs[name] ?? missing(name);
  const userPoolProviderUrl = text("userPoolProviderUrl");
  return {
    graphqlUrl: text("graphqlUrl"),
    realtimeUrl: text("realtimeUrl"),
    region: text("region"),
    userPoolId: text("userPoolId"),
    userPoolClientId: text("userPoolClientId"),
    userPoolProviderUrl,
    userPoolEndpoint: new URL(userPoolProviderUrl).origin,
    bucket: text("bucket"),
    // The stacks say https, as CloudFront does; this machine's listens without it.
    appUrl: text("appUrl").replace(/^https:/, "http:"),
    demoUser,
    endpoints,
  };
}

function missing(name: string): never {
  throw new Error(`The stacks have no output "${name}"; infra/plot-palette.ts must tell it.`);
}

/** The account's owner signs the demo user up, as an administrator would; the password that is shown is the one that works. */
async function makeDemoUser(cloud: Cloud, outputs: Outputs): Promise<void> {
  const client = new CognitoIdentityProviderClient({
    region: outputs.region,
    endpoint: outputs.userPoolEndpoint,
    credentials: cloud.operator,
  });
  const { email, password } = outputs.demoUser;
  const user = { UserPoolId: outputs.userPoolId, Username: email };
  const UserAttributes = [
    { Name: "email", Value: email },
    { Name: "email_verified", Value: "true" },
  ];
  try {
    await client
      .send(new AdminCreateUserCommand({ ...user, UserAttributes, MessageAction: "SUPPRESS" }))
      .catch((error: Error) => {
        if (error.name !== "UsernameExistsException") throw error;
      });
    await client.send(new AdminSetUserPasswordCommand({ ...user, Password: password, Permanent: true }));
  } finally {
    client.destroy();
  }
}

function asUsage<T>(attempt: () => T): T {
  try {
    return attempt();
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}
