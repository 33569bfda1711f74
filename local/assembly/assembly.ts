/** Reads the folder that `cdk synth` writes: one stack, the stacks nested in it, and the assets they name. */
import { existsSync, readFileSync } from "node:fs";
import { basename, dirname, join, resolve } from "node:path";
import type { Stack, Template, TemplateResource } from "./template.ts";

const DEFAULT_REGION = "us-east-1";
const DEFAULT_ACCOUNT = "000000000000";

export interface Assembly {
  readonly root: Stack;
  /** From the environment the stack was synthesized for; `us-east-1` and `000000000000` by default. */
  readonly region: string;
  readonly accountId: string;
  /**
   * The path of an asset: a folder (zip and image assets) or a file.
   * @param name hash, `HASH.zip`, or an object key or image URI that ends in one of them
   * @throws Error when the assembly has no such asset
   */
  assetFolder(name: string): string;
}

/**
 * @param folder `cdk.out`
 * @throws Error when the folder is not a cloud assembly with exactly one stack
 */
export function readAssembly(folder: string): Assembly {
  const { directory, artifacts, stackId } = findStack(resolve(folder));
  const artifact = artifacts[stackId];
  const assets = readAssets(directory, artifacts);
  const { region, accountId } = environmentOf(artifact.environment);
  const name: string = artifact.properties.stackName ?? stackId;
  const findAsset = (assetName: string): string => locateAsset(assets, assetName, directory);
  const root = readStack(join(directory, artifact.properties.templateFile), { name, path: name }, (resource) =>
    nestedTemplate(directory, resource, findAsset),
  );
  return { root, region, accountId, assetFolder: findAsset };
}

type Artifacts = Record<string, any>;

/** The one stack of an assembly; CDK stages put their stacks in a nested assembly. */
function findStack(directory: string): { directory: string; artifacts: Artifacts; stackId: string } {
  const manifestFile = join(directory, "manifest.json");
  if (!existsSync(manifestFile)) {
    throw new Error(`${directory} is not a cloud assembly: it has no manifest.json. Run cdk synth first.`);
  }
  const artifacts: Artifacts = readJson(manifestFile).artifacts ?? {};
  const idsOf = (type: string) => Object.keys(artifacts).filter((id) => artifacts[id].type === type);
  const stacks = idsOf("aws:cloudformation:stack");
  const stages = idsOf("cdk:cloud-assembly");
  if (stacks.length === 0 && stages.length === 1) {
    return findStack(join(directory, artifacts[stages[0]!].properties.directoryName));
  }
  if (stacks.length !== 1) {
    const found = [...stacks, ...stages].join(", ") || "none";
    throw new Error(
      `The local cloud needs an assembly with one root stack (others nested in it); ${directory} has ${found}.`,
    );
  }
  return { directory, artifacts, stackId: stacks[0]! };
}

function environmentOf(environment: string | undefined): { region: string; accountId: string } {
  const [account, region] = (environment ?? "").replace("aws://", "").split("/");
  return {
    region: !region || region === "unknown-region" ? DEFAULT_REGION : region,
    accountId: !account || account === "unknown-account" ? DEFAULT_ACCOUNT : account,
  };
}

/** Every name an asset goes by (hash, object key, image tag) with its absolute path. */
function readAssets(directory: string, artifacts: Artifacts): Map<string, string> {
  const assets = new Map<string, string>();
  for (const artifact of Object.values(artifacts)) {
    if (artifact.type !== "cdk:asset-manifest") continue;
    const manifest = readJson(join(directory, artifact.properties.file));
    const sources: [string, any, string | undefined][] = [
      ...Object.entries<any>(manifest.files ?? {}).map(([hash, asset]): [string, any, string] => [
        hash,
        asset,
        asset.source.path,
      ]),
      ...Object.entries<any>(manifest.dockerImages ?? {}).map(([hash, asset]): [string, any, string] => [
        hash,
        asset,
        asset.source.directory,
      ]),
    ];
    for (const [hash, asset, source] of sources) {
      if (!source) continue;
      const path = resolve(directory, source);
      assets.set(hash, path);
      for (const destination of Object.values<any>(asset.destinations ?? {})) {
        if (destination.objectKey) assets.set(basename(destination.objectKey), path);
        if (destination.imageTag) assets.set(destination.imageTag, path);
      }
    }
  }
  return assets;
}

function locateAsset(assets: Map<string, string>, name: string, directory: string): string {
  const fileName = name.slice(name.lastIndexOf("/") + 1);
  const tag = fileName.slice(fileName.lastIndexOf(":") + 1);
  const path = assets.get(tag) ?? assets.get(tag.replace(/\.[a-z]+$/, ""));
  if (!path) throw new Error(`The assembly ${directory} has no asset "${name}". Run cdk synth again.`);
  if (!existsSync(path))
    throw new Error(`The asset "${name}" should be at ${path}, which does not exist. Run cdk synth again.`);
  return path;
}

function readStack(
  templateFile: string,
  names: { name: string; path: string },
  findNested: (resource: TemplateResource) => string,
): Stack {
  const template: Template = readJson(templateFile);
  if (template.Transform) {
    throw new Error(
      `${names.path} uses the transform ${JSON.stringify(template.Transform)}; the local cloud does not support CloudFormation macros.`,
    );
  }
  const nested = new Map<string, Stack>();
  const shortNames = nestedNames(template);
  for (const [logicalId, shortName] of shortNames) {
    const inner = { name: `${names.name}-${shortName}`, path: `${names.path}/${shortName}` };
    nested.set(logicalId, readStack(findNested(template.Resources[logicalId]!), inner, findNested));
  }
  return { ...names, template, nested };
}

/**
 * A nested stack's readable name: the construct's id (`Data`), with which CDK begins the logical id
 * (`DataNestedStackDataNestedStackResource1A2B3C4D`); the logical id itself if it has another form or two names would clash.
 */
function nestedNames({ Resources }: Template): Map<string, string> {
  const names = new Map<string, string>();
  for (const [logicalId, resource] of Object.entries(Resources)) {
    if (resource.Type !== "AWS::CloudFormation::Stack") continue;
    const constructId = /^(.+?)NestedStack.*NestedStackResource[0-9A-F]{8}$/.exec(logicalId)?.[1];
    const isTaken = constructId === undefined || constructId in Resources || [...names.values()].includes(constructId);
    names.set(logicalId, isTaken ? logicalId : constructId);
  }
  return names;
}

function nestedTemplate(directory: string, resource: TemplateResource, findAsset: (name: string) => string): string {
  const assetPath = resource.Metadata?.["aws:asset:path"];
  if (assetPath) return resolve(directory, assetPath);
  const url = JSON.stringify(resource.Properties?.TemplateURL ?? "");
  const fileName = /([0-9a-f]{64}(?:\.[a-z.]+)?)["/\]]/.exec(url)?.[1];
  if (!fileName)
    throw new Error(
      `A nested stack's TemplateURL ${url} names no asset of ${dirname(directory)}; only CDK's nested stacks are supported.`,
    );
  return findAsset(fileName);
}

function readJson(file: string): any {
  return JSON.parse(readFileSync(file, "utf8"));
}
