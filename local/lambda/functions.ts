/** The functions of the assembly with their permissions, versions, aliases and retry settings. */
import { mkdirSync, writeFileSync } from "node:fs";
import path from "node:path";
import { AwsError, type CloudContext, type CreatedResource, type Resource } from "../service.ts";
import type { EventQueue } from "./event-queue.ts";
import { LocalFunction, type FunctionConfig } from "./function.ts";
import type { Permission } from "./resource-policy.ts";

export class Functions {
  readonly #byName = new Map<string, LocalFunction>();
  readonly #permissions = new Map<string, Permission[]>();
  /** The latest published version by function name. Every version runs the code of this start. */
  readonly #versions = new Map<string, number>();

  constructor(
    private readonly context: CloudContext,
    private readonly queue: EventQueue,
  ) {}

  /** Creates a resource of one of the types in `resourceTypes`. */
  create(resource: Resource): CreatedResource {
    switch (resource.type) {
      case "AWS::Lambda::Function":
        return this.#createFunction(resource);
      case "AWS::Lambda::Permission":
        return this.#createPermission(resource);
      case "AWS::Lambda::EventInvokeConfig":
        return this.#createEventInvokeConfig(resource);
      case "AWS::Lambda::Version":
        return this.#createVersion(resource);
      default:
        return this.#createAlias(resource);
    }
  }

  /**
   * A function by name, partial ARN or ARN, each with or without a qualifier.
   * @throws AwsError 404 `ResourceNotFoundException`
   */
  find(id: string, givenQualifier?: string): { target: LocalFunction; qualifier?: string } {
    const [name = "", qualifier = givenQualifier] = id.replace(/^.*\bfunction:/, "").split(":");
    const target = this.#byName.get(name);
    if (target) return { target, qualifier };
    const arn = functionArn(name, this.context);
    throw new AwsError(
      404,
      "ResourceNotFoundException",
      `Function not found: ${qualifier ? `${arn}:${qualifier}` : arn}`,
    );
  }

  permissionsOf(functionName: string): readonly Permission[] {
    return this.#permissions.get(functionName) ?? [];
  }

  /** Starts an instance of each function, one after the other. One that cannot start says so at its first event. */
  async warm(): Promise<void> {
    for (const each of this.#byName.values()) await each.warm().catch(() => undefined);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#byName.values()].map((each) => each.stop()));
  }

  #createFunction(resource: Resource): CreatedResource {
    const config = configOf(resource, this.context);
    this.#byName.set(config.name, new LocalFunction(config, this.context));
    return { ref: config.name, attributes: { Arn: config.arn } };
  }

  #createPermission({ path: resourcePath, properties }: Resource): CreatedResource {
    const { name } = this.find(properties.FunctionName).target.config;
    const permission = {
      action: properties.Action,
      principal: properties.Principal,
      sourceArn: properties.SourceArn,
      sourceAccount: properties.SourceAccount,
    };
    this.#permissions.set(name, [...this.permissionsOf(name), permission]);
    const id = resourcePath.replaceAll("/", "-");
    return { ref: id, attributes: { Id: id } };
  }

  #createEventInvokeConfig({ path: resourcePath, properties }: Resource): CreatedResource {
    const { name } = this.find(properties.FunctionName).target.config;
    this.queue.configure(name, {
      retries: numberOf(properties.MaximumRetryAttempts),
      maxAgeSeconds: numberOf(properties.MaximumEventAgeInSeconds),
    });
    if (properties.DestinationConfig) {
      this.context.log(
        `lambda: the destinations in ${resourcePath} are not supported; failed events of ${name} are in this log.`,
      );
    }
    return { ref: resourcePath.replaceAll("/", "-"), attributes: {} };
  }

  #createVersion({ properties }: Resource): CreatedResource {
    const { config } = this.find(properties.FunctionName).target;
    const version = (this.#versions.get(config.name) ?? 0) + 1;
    this.#versions.set(config.name, version);
    const arn = `${config.arn}:${version}`;
    return { ref: arn, attributes: { Version: String(version), FunctionArn: arn } };
  }

  #createAlias({ properties }: Resource): CreatedResource {
    const arn = `${this.find(properties.FunctionName).target.config.arn}:${properties.Name}`;
    return { ref: arn, attributes: { AliasArn: arn } };
  }
}

export const resourceTypes = [
  "AWS::Lambda::Function",
  "AWS::Lambda::Permission",
  "AWS::Lambda::EventInvokeConfig",
  "AWS::Lambda::Version",
  "AWS::Lambda::Alias",
] as const;

function configOf(resource: Resource, context: CloudContext): FunctionConfig {
  const { properties } = resource;
  const name = properties.FunctionName;
  return {
    name,
    arn: functionArn(name, context),
    folder: codeFolder(name, properties, context),
    handler: properties.Handler ?? "",
    runtime: properties.Runtime ?? "",
    roleArn: properties.Role,
    environment: Object.fromEntries(
      Object.entries(properties.Environment?.Variables ?? {}).map(([key, value]) => [key, String(value)]),
    ),
    timeoutMs: Number(properties.Timeout ?? 3) * 1000,
    memoryMb: Number(properties.MemorySize ?? 128),
    reserved: numberOf(properties.ReservedConcurrentExecutions),
  };
}

/** Code is an asset of the assembly or inline in the template. */
function codeFolder(
  name: string,
  { Code: code = {}, Runtime: runtime = "" }: Record<string, any>,
  context: CloudContext,
): string {
  if (code.S3Key) return context.assetFolder(path.posix.basename(code.S3Key));
  const folder = path.join(context.folder, "code", name);
  mkdirSync(folder, { recursive: true });
  if (code.ZipFile && runtime.startsWith("nodejs")) writeFileSync(path.join(folder, "index.js"), code.ZipFile);
  return folder;
}

function functionArn(name: string, { region, accountId }: CloudContext): string {
  return `arn:aws:lambda:${region}:${accountId}:function:${name}`;
}

function numberOf(value: unknown): number | undefined {
  return value === undefined ? undefined : Number(value);
}
