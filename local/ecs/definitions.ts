/** Clusters and task definitions of the assembly. */
import { createHash } from "node:crypto";
import { existsSync, readFileSync } from "node:fs";
import path from "node:path";
import { replaceFile } from "../files.ts";
import { AwsError, type CloudContext, type CreatedResource, type Resource } from "../service.ts";
import type { ContainerDefinition } from "./container.ts";

export interface StrategyItem {
  readonly capacityProvider: string;
  readonly weight: number;
  readonly base: number;
}

export interface Cluster {
  readonly name: string;
  readonly arn: string;
  capacityProviders: readonly string[];
  defaultStrategy: readonly StrategyItem[];
}

export interface TaskDefinition {
  readonly family: string;
  readonly arn: string;
  readonly properties: Record<string, any> & { readonly ContainerDefinitions: readonly ContainerDefinition[] };
}

export class Definitions {
  readonly #clusters = new Map<string, Cluster>();
  readonly #families = new Map<string, TaskDefinition>();

  constructor(private readonly context: CloudContext) {}

  create(resource: Resource): CreatedResource {
    if (resource.type === "AWS::ECS::Cluster") return this.#createCluster(resource);
    if (resource.type === "AWS::ECS::TaskDefinition") return this.#createTaskDefinition(resource);
    return this.#associate(resource);
  }

  /** @throws AwsError 400 `ClusterNotFoundException` */
  cluster(nameOrArn = "default"): Cluster {
    const cluster = this.#clusters.get(nameOrArn.slice(nameOrArn.lastIndexOf("/") + 1));
    if (cluster) return cluster;
    throw new AwsError(400, "ClusterNotFoundException", "Cluster not found.");
  }

  /**
   * @param id family, `family:revision` or ARN
   * @throws AwsError 400 `ClientException`
   */
  taskDefinition(id: string | undefined): TaskDefinition {
    if (!id) throw new AwsError(400, "InvalidParameterException", "TaskDefinition can not be blank.");
    const [family = "", revision] = id.slice(id.lastIndexOf("/") + 1).split(":");
    const definition = this.#families.get(family);
    if (definition && (!revision || definition.arn.endsWith(`:${revision}`))) return definition;
    throw new AwsError(400, "ClientException", "TaskDefinition not found.");
  }

  #createCluster({ properties }: Resource): CreatedResource {
    const name = properties.ClusterName;
    const arn = this.#arn(`cluster/${name}`);
    this.#clusters.set(name, {
      name,
      arn,
      capacityProviders: properties.CapacityProviders ?? [],
      defaultStrategy: readStrategy(properties.DefaultCapacityProviderStrategy),
    });
    return { ref: name, attributes: { Arn: arn } };
  }

  #associate({ properties }: Resource): CreatedResource {
    const cluster = this.cluster(properties.Cluster);
    cluster.capacityProviders = properties.CapacityProviders ?? [];
    cluster.defaultStrategy = readStrategy(properties.DefaultCapacityProviderStrategy);
    return { ref: cluster.name, attributes: {} };
  }

  #createTaskDefinition(resource: Resource): CreatedResource {
    const { properties } = resource;
    const family = properties.Family;
    const withSecrets = (properties.ContainerDefinitions ?? []).find((each: any) => each.Secrets?.length > 0);
    if (withSecrets) {
      throw new Error(
        `${resource.path}: the container ${withSecrets.Name} has secrets, which the local cloud does not support; use environment variables instead.`,
      );
    }
    checkVolumes(resource);
    const arn = this.#arn(`task-definition/${family}:${this.#revisionOf(family, properties)}`);
    this.#families.set(family, { family, arn, properties: properties as TaskDefinition["properties"] });
    return { ref: arn, attributes: { TaskDefinitionArn: arn } };
  }

  /** A definition that changed since the last start gets a new revision. */
  #revisionOf(family: string, properties: Record<string, unknown>): number {
    const file = path.join(this.context.folder, "revisions.json");
    const revisions = existsSync(file) ? JSON.parse(readFileSync(file, "utf8")) : {};
    const digest = createHash("sha256").update(JSON.stringify(properties)).digest("hex");
    const known = revisions[family];
    if (known?.digest === digest) return known.revision;
    revisions[family] = { digest, revision: (known?.revision ?? 0) + 1 };
    replaceFile(file, JSON.stringify(revisions, null, 2));
    return revisions[family].revision;
  }

  #arn(rest: string): string {
    return `arn:aws:ecs:${this.context.region}:${this.context.accountId}:${rest}`;
  }
}

/** A scratch volume at /tmp is the machine's own temporary folder, which any program can write. */
function checkVolumes({ path: name, properties }: Resource): void {
  const isScratch = (volume: Record<string, unknown>) => Object.keys(volume).every((key) => key === "Name");
  const mounts = (properties.ContainerDefinitions ?? []).flatMap((container: any) => container.MountPoints ?? []);
  if ((properties.Volumes ?? []).every(isScratch) && mounts.every((mount: any) => mount.ContainerPath === "/tmp"))
    return;
  throw new Error(`${name}: the local cloud supports no volumes except scratch space mounted at /tmp.`);
}

function readStrategy(items: readonly Record<string, unknown>[] = []): readonly StrategyItem[] {
  return items.map(({ CapacityProvider, Weight, Base }) => ({
    capacityProvider: String(CapacityProvider),
    weight: Number(Weight ?? 0),
    base: Number(Base ?? 0),
  }));
}
