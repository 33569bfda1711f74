import type { CreatedResource, Resource } from "../service.ts";
import { holds, resolve } from "./intrinsics.ts";
import type { Scope } from "./intrinsics.ts";
import { stableId, withName } from "./names.ts";
import { dependsOn } from "./template.ts";
import type { Stack } from "./template.ts";

export interface DeployOptions {
  readonly root: Stack;
  readonly region: string;
  readonly accountId: string;
  /** Creates or updates one resource. */
  readonly create: (resource: Resource) => Promise<CreatedResource>;
}

export interface Deployed {
  /** By path, in order of creation. */
  readonly resources: ReadonlyMap<string, CreatedResource & { readonly type: string }>;
  /** The root stack's outputs. */
  readonly outputs: Readonly<Record<string, string>>;
}

/**
 * Creates every resource of a stack and of those nested in it, each after its dependencies, otherwise in parallel.
 * The stack has passed `checkStack`, so there are no circular dependencies.
 * @throws Error naming the resource that could not be created, once all creations in progress have settled
 */
export async function deploy(options: DeployOptions): Promise<Deployed> {
  const deployment = new Deployment(options);
  await deployment.createAll();
  return { resources: deployment.resources, outputs: await deployment.outputs() };
}

/** A stack with its scope, and its own resource in its parent. */
interface PlacedStack {
  readonly stack: Stack;
  readonly scope: Scope;
  readonly parent?: { readonly placed: PlacedStack; readonly logicalId: string };
}

class Deployment {
  readonly resources = new Map<string, CreatedResource & { readonly type: string }>();
  private readonly promises = new Map<string, Promise<CreatedResource | undefined>>();
  private readonly parameters = new Map<string, Promise<unknown>>();
  private readonly nested = new Map<string, PlacedStack>();
  private readonly root: PlacedStack;
  private failed = false;

  constructor(private readonly options: DeployOptions) {
    this.root = this.place(options.root);
  }

  async createAll(): Promise<void> {
    const results = await Promise.allSettled(this.everyResource(this.root));
    const failure = results.find((result) => result.status === "rejected" && !(result.reason instanceof NotBegun));
    if (failure?.status === "rejected") throw failure.reason;
  }

  async outputs(): Promise<Record<string, string>> {
    const { stack, scope } = this.root;
    const outputs: Record<string, string> = {};
    for (const [name, output] of Object.entries(stack.template.Outputs ?? {})) {
      if (output.Condition && !(await holds(output.Condition, scope))) continue;
      outputs[name] = String(await resolve(output.Value, scope));
    }
    return outputs;
  }

  private everyResource(placed: PlacedStack): Promise<unknown>[] {
    return Object.keys(placed.stack.template.Resources).flatMap((logicalId) =>
      placed.stack.nested.has(logicalId)
        ? this.everyResource(this.nestedStack(placed, logicalId))
        : [this.resource(placed, logicalId)],
    );
  }

  /** `undefined` for a resource whose condition is false. */
  private resource(placed: PlacedStack, logicalId: string): Promise<CreatedResource | undefined> {
    const path = `${placed.stack.path}/${logicalId}`;
    const known = this.promises.get(path);
    if (known) return known;
    const promise = this.createResource(placed, logicalId, path);
    this.promises.set(path, promise);
    return promise;
  }

  private async createResource(
    placed: PlacedStack,
    logicalId: string,
    path: string,
  ): Promise<CreatedResource | undefined> {
    const declared = placed.stack.template.Resources[logicalId]!;
    if (!(await this.isWanted(placed, logicalId))) return undefined;
    await this.dependencies(placed, logicalId);
    try {
      const properties = (await resolve(declared.Properties ?? {}, placed.scope)) as Record<string, any>;
      if (this.failed) throw new NotBegun(path);
      const named = withName(declared.Type, properties, placed.stack.name, logicalId);
      const resource = { path, logicalId, type: declared.Type, properties: named };
      const created = await this.options.create(resource);
      this.resources.set(path, { ...created, type: declared.Type });
      return created;
    } catch (error) {
      this.failed = true;
      throw error instanceof CreationFailed || error instanceof NotBegun
        ? error
        : new CreationFailed(path, declared.Type, error);
    }
  }

  private async isWanted({ stack, scope, parent }: PlacedStack, logicalId: string): Promise<boolean> {
    const condition = stack.template.Resources[logicalId]!.Condition;
    if (condition && !(await holds(condition, scope))) return false;
    return parent ? this.isWanted(parent.placed, parent.logicalId) : true;
  }

  /** What DependsOn names, on the resource and on the stacks around it. */
  private async dependencies(placed: PlacedStack, logicalId: string): Promise<void> {
    const { stack, parent } = placed;
    const named = dependsOn(stack.template.Resources[logicalId]!).flatMap((id) =>
      stack.nested.has(id) ? this.everyResource(this.nestedStack(placed, id)) : [this.resource(placed, id)],
    );
    await Promise.all([...named, parent && this.dependencies(parent.placed, parent.logicalId)]);
  }

  private place(stack: Stack, parent?: PlacedStack["parent"]): PlacedStack {
    const placed: PlacedStack = {
      stack,
      ...(parent && { parent }),
      scope: {
        path: stack.path,
        mappings: stack.template.Mappings ?? {},
        conditions: stack.template.Conditions ?? {},
        pseudo: this.pseudoParameters(stack),
        ref: (name) => this.ref(placed, name),
        getAtt: (logicalId, attribute) => this.getAtt(placed, logicalId, attribute),
      },
    };
    return placed;
  }

  private nestedStack(placed: PlacedStack, logicalId: string): PlacedStack {
    const stack = placed.stack.nested.get(logicalId)!;
    const known = this.nested.get(stack.path);
    if (known) return known;
    const inner = this.place(stack, { placed, logicalId });
    this.nested.set(stack.path, inner);
    return inner;
  }

  private async ref(placed: PlacedStack, name: string): Promise<unknown> {
    if (placed.stack.nested.has(name)) return this.pseudoParameters(placed.stack.nested.get(name)!)["AWS::StackId"];
    if (name in placed.stack.template.Resources) return (await this.existing(placed, name)).ref;
    return this.parameter(placed, name);
  }

  private async getAtt(placed: PlacedStack, logicalId: string, attribute: string): Promise<unknown> {
    if (placed.stack.nested.has(logicalId)) return this.nestedOutput(placed, logicalId, attribute);
    const created = await this.existing(placed, logicalId);
    if (attribute in created.attributes) return created.attributes[attribute];
    const known = Object.keys(created.attributes).join(", ") || "none";
    const type = placed.stack.template.Resources[logicalId]?.Type;
    throw new Error(
      `it needs the attribute ${attribute} of ${placed.stack.path}/${logicalId} (${type}), but the local cloud has only ${known}`,
    );
  }

  private async existing(placed: PlacedStack, logicalId: string): Promise<CreatedResource> {
    const created = await this.resource(placed, logicalId);
    if (created) return created;
    throw new Error(`it refers to ${placed.stack.path}/${logicalId}, whose condition is false`);
  }

  private async nestedOutput(placed: PlacedStack, logicalId: string, attribute: string): Promise<unknown> {
    const inner = this.nestedStack(placed, logicalId);
    const output = inner.stack.template.Outputs?.[attribute.replace(/^Outputs\./, "")];
    if (!output)
      throw new Error(`it needs ${attribute} of ${inner.stack.path}, which that nested stack does not output`);
    return resolve(output.Value, inner.scope);
  }

  private parameter(placed: PlacedStack, name: string): Promise<unknown> {
    const key = `${placed.stack.path}/${name}`;
    const known = this.parameters.get(key);
    if (known) return known;
    const promise = this.parameterValue(placed, name);
    this.parameters.set(key, promise);
    return promise;
  }

  private async parameterValue({ stack, parent }: PlacedStack, name: string): Promise<unknown> {
    const declared = stack.template.Parameters?.[name];
    if (declared?.Type.startsWith("AWS::SSM::")) {
      throw new Error(
        `it needs the parameter ${stack.path}/${name}, which is read from SSM; the local cloud has no parameter store`,
      );
    }
    const given =
      parent &&
      (parent.placed.stack.template.Resources[parent.logicalId]!.Properties?.Parameters as Record<string, unknown>);
    const value = given?.[name] !== undefined ? await resolve(given[name], parent!.placed.scope) : declared?.Default;
    if (value === undefined)
      throw new Error(`it needs the parameter ${stack.path}/${name}, which has neither a value nor a default`);
    return declared?.Type.startsWith("List<") || declared?.Type === "CommaDelimitedList" ? asList(value) : value;
  }

  private pseudoParameters(stack: Stack): Record<string, unknown> {
    const { region, accountId } = this.options;
    return {
      "AWS::Region": region,
      "AWS::AccountId": accountId,
      "AWS::Partition": "aws",
      "AWS::URLSuffix": "amazonaws.com",
      "AWS::StackName": stack.name,
      "AWS::StackId": `arn:aws:cloudformation:${region}:${accountId}:stack/${stack.name}/${stableUuid(stack.path)}`,
      "AWS::NotificationARNs": [],
    };
  }
}

/** A resource that was not started because another had already failed: not the error to report. */
class NotBegun extends Error {
  constructor(path: string) {
    super(`${path} was not started because another resource could not be created.`);
  }
}

/** Caught by dependents, which fail for the same reason and must not wrap it again. */
class CreationFailed extends Error {
  constructor(path: string, type: string, cause: unknown) {
    const reason = cause instanceof Error ? cause.message : String(cause);
    super(`${path} (${type}) could not be created: ${reason}`, { cause });
  }
}

function asList(value: unknown): unknown[] {
  return Array.isArray(value) ? value : String(value).split(",");
}

function stableUuid(seed: string): string {
  return stableId(seed, 32).replace(/^(.{8})(.{4})(.{4})(.{4})(.{12})$/, "$1-$2-$3-$4-$5");
}
