/**
 * Emulates custom resources: calls their providers as CloudFormation does. Answers are stored, so a later start with the same
 * properties makes no call.
 */
import { randomUUID } from "node:crypto";
import type { CloudContext, CreatedResource, Resource, Service } from "../service.ts";
import { BUCKET_DEPLOYMENT, deployToBucket, type BucketDeployment } from "./bucket-deployment.ts";
import { Providers, type ProviderAnswer } from "./providers.ts";
import { StoredResources, type StoredResource } from "./stored-resources.ts";

export function customResource(): Service {
  let resources: CustomResources;
  let providers: Providers;
  return {
    name: "custom-resource",
    types: ["AWS::CloudFormation::CustomResource", "Custom::*"],
    async start(context) {
      providers = new Providers(context);
      resources = new CustomResources(context, providers);
      return providers.start();
    },
    create: (resource) => resources.create(resource),
    /** Resources that the template no longer has are deleted last, as in CloudFormation. */
    ready: () => resources.deleteRemoved(),
    stop: () => providers.stop(),
  };
}

class CustomResources {
  readonly #stored: StoredResources;
  /** Paths of the template's resources. */
  readonly #created = new Set<string>();

  constructor(
    private readonly context: CloudContext,
    private readonly providers: Providers,
  ) {
    this.#stored = new StoredResources(context.folder);
  }

  async create(resource: Resource): Promise<CreatedResource> {
    this.#created.add(resource.path);
    const properties = asStrings(resource.properties) as Record<string, unknown>;
    const before = this.#stored.read(resource.path);
    if (before && JSON.stringify(before.properties) === JSON.stringify(properties)) return createdFrom(before);
    const answer = await this.#createOrUpdate(resource, properties, before);
    const stored: StoredResource = {
      path: resource.path,
      type: resource.type,
      logicalId: resource.logicalId,
      physicalId: answer.PhysicalResourceId ?? before?.physicalId ?? randomUUID(),
      properties,
      data: answer.Data ?? {},
    };
    this.#stored.write(stored);
    if (before && before.physicalId !== stored.physicalId) await this.#delete(before);
    return createdFrom(stored);
  }

  async deleteRemoved(): Promise<void> {
    for (const stored of this.#stored.all()) {
      if (this.#created.has(stored.path)) continue;
      await this.#delete(stored);
      this.#stored.remove(stored.path);
    }
  }

  #createOrUpdate(
    resource: Resource,
    properties: Record<string, unknown>,
    before: StoredResource | undefined,
  ): Promise<ProviderAnswer> {
    if (resource.type === BUCKET_DEPLOYMENT) return this.#deploy(resource, before);
    const requested = { ...resource, physicalId: before?.physicalId, properties };
    return this.providers.call(before ? "Update" : "Create", requested, before);
  }

  async #deploy(resource: Resource, before: StoredResource | undefined): Promise<ProviderAnswer> {
    try {
      const Data = await deployToBucket(resource.properties as BucketDeployment, this.context);
      const PhysicalResourceId = before?.physicalId ?? `aws.cdk.s3deployment.${randomUUID()}`;
      return { Status: "SUCCESS", PhysicalResourceId, Data };
    } catch (error) {
      throw new Error(`${resource.path}: ${(error as Error).message}`, { cause: error });
    }
  }

  /** A failure is logged and does not stop the start, since the template no longer has the resource. */
  async #delete(stored: StoredResource): Promise<void> {
    if (stored.type === BUCKET_DEPLOYMENT) return;
    await this.providers
      .call("Delete", stored)
      .catch((error: Error) => this.context.log(`custom-resource: ${error.message}`));
  }
}

function createdFrom({ physicalId, data }: StoredResource): CreatedResource {
  const attributes = Object.entries(data).map(([name, value]) => [
    name,
    typeof value === "string" ? value : JSON.stringify(value),
  ]);
  return { ref: physicalId, attributes: Object.fromEntries(attributes) };
}

/** CloudFormation passes numbers and booleans to providers as strings. */
function asStrings(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(asStrings);
  if (typeof value !== "object" || value === null) return value === null ? null : String(value);
  return Object.fromEntries(Object.entries(value).map(([key, each]) => [key, asStrings(each)]));
}
