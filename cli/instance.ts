/** A Plot Palette on this machine, started from the synthesized stacks. */
import {
  AdminCreateUserCommand,
  AdminSetUserPasswordCommand,
  CognitoIdentityProviderClient,
} from "@aws-sdk/client-cognito-identity-provider";
import { readdir, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { availableParallelism } from "node:os";
import { join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { MODELS } from "#core/models/models";
import { describeModel } from "../local/bedrock/describe-model.ts";
import { parseModelOption } from "../local/bedrock/options.ts";
import { startCloud, type Cloud } from "../local/cloud.ts";
import { holderOf, openDataFolder } from "../local/data-folder.ts";
import { demoUserOf, writeSecret, type DemoUser } from "./demo-user.ts";
import { localFleet } from "./local-fleet.ts";
import { UsageError } from "./exit-codes.ts";
import type { Outputs } from "./running-instance.ts";
import { synthesizeIfChanged } from "./synthesize.ts";

export interface InstanceOptions {
  readonly data: string;
  readonly port?: number;
  /** Empties the data directory first. */
  readonly reset?: boolean;
  /** `sample`, `openai=URL`, `openai=URL,model=NAME,key=VARIABLE` or `bedrock`. */
  readonly model?: string;
  /** A cloud assembly synthesized before; by default the data directory's, synthesized when something has changed. */
  readonly assembly?: string;
  /** Prepares for someone who is about to use it, in the background; not by default. */
  readonly warm?: boolean;
  readonly signal?: AbortSignal;
  /** Called with each step, for a user who waits. */
  readonly onStep?: (step: string) => void;
}

export interface Instance {
  readonly outputs: Outputs;
  readonly cloud: Cloud;
  /** Which model answers, for people; a server's says what it was chosen from, or why it does not answer yet. */
  readonly model: string;
  /** Resolves when no worker is running, or when the signal aborts. */
  idle(signal: AbortSignal): Promise<void>;
  stop(): Promise<void>;
}

const POLL_INTERVAL_MS = 200;
/** The local Bedrock refuses what templates are checked for: both read one table. */
const LIMITS = Object.fromEntries(MODELS.map((model) => [model.id, model]));

/**
 * Synthesizes the stacks and brings them up. Whatever can be rejected is rejected before anything is created.
 * @throws UsageError for what the user can fix (directory, port, model)
 */
export async function startInstance(options: InstanceOptions): Promise<Instance> {
  const { signal, onStep = () => undefined } = options;
  const model = asUsageError(() => parseModelOption(options.model, process.env.PLOT_PALETTE_MODEL, process.env));
  await checkNotInUse(resolve(options.data));
  if (options.port !== undefined) await checkPortIsFree(options.port);
  if (options.reset) await resetData(options.data);
  const data = asUsageError(() => openDataFolder(options.data));
  await rm(join(data, "outputs.json"), { force: true });
  let assembly = options.assembly;
  if (!assembly) {
    assembly = join(data, "cdk.out");
    const isElsewhere = model.forward?.kind === "openai";
    const context = { ...localFleet(availableParallelism()), ...(isElsewhere && { tiersAreStandIns: true }) };
    // Another instance may have taken the directory meanwhile, whose assembly must stay.
    const mayReplace = () => checkNotInUse(data);
    const onSynthesis = () => onStep("Synthesizing the stacks");
    await synthesizeIfChanged(assembly, { signal, context, onSynthesis, mayReplace });
  }
  signal?.throwIfAborted();
  onStep("Starting the local cloud");
  const limited = { ...model, limits: LIMITS };
  const cloud = await startCloud({ assembly, data, sitePort: options.port, model: limited, warm: options.warm }).catch(
    async (error) => {
      // Another instance may have taken the directory during synthesis.
      await checkNotInUse(data);
      throw error;
    },
  );
  try {
    signal?.throwIfAborted();
    const outputs = outputsOf(cloud, await demoUserOf(data));
    await createDemoUser(cloud, outputs);
    await writeSecret(join(data, "outputs.json"), outputs);
    return {
      outputs,
      cloud,
      model: await describeModel(model),
      async idle(forced) {
        const isBusy = () => cloud.tasks.list().some(({ lastStatus }) => lastStatus !== "STOPPED");
        while (isBusy() && !forced.aborted) await sleep(POLL_INTERVAL_MS);
      },
      async stop() {
        // First, so that nobody joins an instance that is stopping.
        await rm(join(data, "outputs.json"), { force: true });
        await cloud.stop();
      },
    };
  } catch (error) {
    await cloud.stop();
    throw error;
  }
}

async function checkNotInUse(data: string): Promise<void> {
  const running = await holderOf(data);
  if (running)
    throw new UsageError(
      `The data directory ${data} is in use by the instance at ${running.url}; use that one, or choose another directory with --data.`,
    );
}

/** Before anything is created: starting the cloud would find out too, but only after seconds. */
function checkPortIsFree(port: number): Promise<void> {
  return new Promise((free, reject) => {
    const probe = createServer()
      .once("error", ({ code }: NodeJS.ErrnoException) =>
        reject(
          new UsageError(
            `Port ${port} ${code === "EADDRINUSE" ? "is in use by another program" : `cannot be opened (${code})`}; choose another with --port.`,
          ),
        ),
      )
      .once("listening", () => probe.close(() => free()))
      .listen(port, "127.0.0.1");
  });
}

/** Everything that is ever written into a data directory: an instance's files and a directory for each service. */
const OWN_NAMES =
  /^(cdk\.out(\.[\w-]+\.(new|old))?|(state|outputs|lock|control|demo-user)\.json(\.new)?|(model|iam)-calls\.jsonl|cloud\.log|\.probe-\d+|appsync|bedrock-runtime|cloudfront|cognito-identity-provider|custom-resource|dynamodb|ecs|eventbridge|iam|lambda|s3|sts)$/;

/** Empties a data directory that is not in use. @throws UsageError when it contains anything that is not ours */
async function resetData(data: string): Promise<void> {
  const folder = resolve(data);
  const files: string[] = await readdir(folder).catch(() => []);
  if (files.length === 0) return;
  const unknown = files.find((file) => !OWN_NAMES.test(file));
  if (unknown !== undefined)
    throw new UsageError(
      `--reset would empty ${folder}, but it contains "${unknown}", which is not Plot Palette's; move that away, or choose another directory with --data.`,
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
    // The stacks say https, as CloudFront does; the local one has no TLS.
    appUrl: text("appUrl").replace(/^https:/, "http:"),
    demoUser,
    endpoints,
  };
}

function missing(name: string): never {
  throw new Error(`The stacks have no output "${name}"; infra/plot-palette.ts must export it.`);
}

/** As an administrator of the account would; the password that is shown is the one that works. */
async function createDemoUser(cloud: Cloud, outputs: Outputs): Promise<void> {
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

function asUsageError<T>(attempt: () => T): T {
  try {
    return attempt();
  } catch (error) {
    throw new UsageError((error as Error).message, { cause: error });
  }
}
