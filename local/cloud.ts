/** Starts a small AWS on this machine for one synthesized CDK assembly. */
import { join } from "node:path";
import { readAssembly } from "./assembly/assembly.ts";
import { checkStack } from "./assembly/check.ts";
import { deploy } from "./assembly/deployment.ts";
import type { Deployed } from "./assembly/deployment.ts";
import type { ModelOptions } from "./bedrock/options.ts";
import { movableClock } from "./clock/clock.ts";
import type { MovableClock } from "./clock/clock.ts";
import { startControl } from "./control.ts";
import type { Control, TaskControl } from "./control.ts";
import {
  lockDataFolder,
  openDataFolder,
  openServiceFolder,
  unlockDataFolder,
  updateLock,
  writeJson,
} from "./data-folder.ts";
import { appendToLog } from "./files.ts";
import { IamGate } from "./iam/gate.ts";
import { CallRecord } from "./iam/record.ts";
import { Roles } from "./iam/roles.ts";
import { withPhysicalIds } from "./physical-ids.ts";
import { createResource, isKnownType, sdkEnvironment, startServices } from "./running-services.ts";
import type { CloudContext, CreatedResource, Credentials, Resource, Service } from "./service.ts";
import { createServices } from "./services.ts";
import type { Services } from "./services.ts";

export interface CloudOptions {
  /** The folder that `cdk synth` wrote: `cdk.out`. */
  readonly assembly: string;
  /** The folder for data that persists between starts. */
  readonly data: string;
  /** Port of the first CloudFront distribution; any free one by default. */
  readonly sitePort?: number;
  /** Which model answers; the sample model by default. Its calls are logged in `DATA/model-calls.jsonl`. */
  readonly model?: ModelOptions;
  /** Prepares, once it is up and in the background, what the first requests would wait for; not by default. */
  readonly warm?: boolean;
  /** Receives one line at a time; writes to `DATA/cloud.log` by default. */
  readonly log?: (line: string) => void;
}

export interface Cloud {
  /** The root stack's outputs. */
  readonly outputs: Readonly<Record<string, string>>;
  /** Addresses by service name, and `control`. */
  readonly endpoints: Readonly<Record<string, string>>;
  /** By path: `Shop/Data/OrdersTable7C1D`. */
  resource(path: string): CreatedResource | undefined;
  /** All resources of a type, sorted by path. */
  resourcesOf(type: string): { path: string; ref: string; attributes: Readonly<Record<string, string>> }[];
  /** Credentials that may do everything. */
  readonly operator: Credentials;
  /** Fresh credentials of a role, to test what it may do. */
  credentialsOf(roleArn: string, sessionName: string): Credentials;
  /** Environment variables that point a process's AWS SDK at this cloud; without credentials. */
  environment(): Record<string, string>;
  readonly clock: MovableClock;
  /** Lists containers, interrupts and kills them. */
  readonly tasks: Services["tasks"];
  /** Changes the sample model's settings while it runs. */
  readonly model: Services["model"];
  /** The roles and what their policies say. */
  readonly roles: Roles;
  /** Stops everything it started; data stays. */
  stop(): Promise<void>;
}

/**
 * Starts the cloud and creates every resource of the assembly, with the data of earlier starts on the same folder.
 * @throws Error for a folder that cannot be written or is in use, an unsupported resource type, or a resource that could not
 *   be created. Nothing is left running then.
 */
export async function startCloud(options: CloudOptions): Promise<Cloud> {
  const data = openDataFolder(options.data);
  const clock = movableClock();
  let tasks: TaskControl | undefined;
  const control = await startControl({ ...clock, tasks: () => tasks });
  try {
    await lockDataFolder(data, { pid: process.pid, url: control.url, controlUrl: control.url });
  } catch (error) {
    await control.close();
    throw error;
  }
  const unlock = () => unlockDataFolder(data);
  process.once("exit", unlock);
  const release = async () => {
    await control.close();
    unlock();
    process.off("exit", unlock);
  };
  try {
    const cloud = await bringUp({ ...options, data }, clock, control, release);
    tasks = cloud.tasks;
    return cloud;
  } catch (error) {
    await release();
    throw error;
  }
}

async function bringUp(
  options: CloudOptions,
  clock: MovableClock,
  control: Control,
  release: () => Promise<void>,
): Promise<Cloud> {
  const { data } = options;
  writeJson(join(data, "control.json"), { url: control.url, token: control.token });
  const log = options.log ?? ((line: string) => appendToLog(join(data, "cloud.log"), `${line}\n`));
  const assembly = readAssembly(options.assembly);
  const { region, accountId } = assembly;
  const roles = new Roles(accountId);
  const gate = new IamGate({ region, clock, roles, record: new CallRecord(join(data, "iam-calls.jsonl")) });
  const services = createServices({ gate, roles, data, sitePort: options.sitePort, model: options.model });
  checkStack(assembly.root, (type) => isKnownType(type, services.all));

  const endpoints: Record<string, string> = { control: control.url };
  const origins = new Set<string>();
  const environment = () => sdkEnvironment(region, endpoints);
  const contextFor = ({ name }: Service): CloudContext => {
    const folder = openServiceFolder(data, name);
    const { assetFolder } = assembly;
    return {
      region,
      accountId,
      folder,
      clock,
      gate,
      endpoints,
      origins,
      environment,
      assetFolder,
      publish: services.publish,
      invoke: services.invoke,
      log,
    };
  };
  const stopServices = await startServices(services.all, contextFor, endpoints);
  try {
    const create = (resource: Resource) => createResource(resource, services.all, assembly);
    const deployed = await withPhysicalIds(data, create, (remembering) => deploy({ ...assembly, create: remembering }));
    await Promise.all(services.all.map((service) => service.ready?.()));
    if (options.warm) services.warm();
    updateLock(data, { pid: process.pid, url: siteUrl(deployed) ?? control.url, controlUrl: control.url });
    return {
      ...lookups(deployed),
      endpoints,
      environment,
      clock,
      roles,
      operator: gate.operator(),
      credentialsOf: (roleArn, sessionName) => gate.issue(roleArn, sessionName),
      tasks: services.tasks,
      model: services.model,
      stop: once(() => stopServices().finally(release)),
    };
  } catch (error) {
    await stopServices();
    throw error;
  }
}

function lookups({ resources, outputs }: Deployed): Pick<Cloud, "outputs" | "resource" | "resourcesOf"> {
  return {
    outputs,
    resource: (path) => resources.get(path),
    resourcesOf: (type) =>
      [...resources]
        .filter(([, resource]) => resource.type === type)
        .map(([path, { ref, attributes }]) => ({ path, ref, attributes }))
        .sort((a, b) => (a.path < b.path ? -1 : 1)),
  };
}

function siteUrl({ resources }: Deployed): string | undefined {
  const distribution = [...resources.values()].find(({ type }) => type === "AWS::CloudFront::Distribution");
  return distribution && `http://${distribution.attributes.DomainName}`;
}

function once(act: () => Promise<void>): () => Promise<void> {
  let done: Promise<void> | undefined;
  return () => (done ??= act());
}
