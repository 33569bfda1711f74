import { mkdirSync, mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";

/** Templates by stack: the root's, and nested ones by the file name their `aws:asset:path` gives. */
export interface TinyTemplates {
  readonly root: Record<string, unknown>;
  readonly nested?: Record<string, Record<string, unknown>>;
}

/** Writes a cloud assembly with one stack, `Tiny`, laid out as by `cdk synth`. Returns its folder. */
export function tinyAssembly({ root, nested = {} }: TinyTemplates): string {
  const folder = temporaryFolder("assembly");
  const assets = { type: "cdk:asset-manifest", properties: { file: "Tiny.assets.json" } };
  const stack = {
    type: "aws:cloudformation:stack",
    environment: "aws://unknown-account/unknown-region",
    properties: { templateFile: "Tiny.template.json" },
  };
  const files = { abc123: { source: { path: "asset.abc123" }, destinations: { here: { objectKey: "abc123.zip" } } } };
  const dockerImages = {
    def456: { source: { directory: "asset.def456" }, destinations: { here: { imageTag: "def456" } } },
  };
  write(folder, "manifest.json", { version: "55.0.0", artifacts: { "Tiny.assets": assets, Tiny: stack } });
  write(folder, "Tiny.assets.json", { version: "55.0.0", files, dockerImages });
  write(folder, "Tiny.template.json", { Resources: {}, ...root });
  for (const [file, template] of Object.entries(nested)) write(folder, file, { Resources: {}, ...template });
  mkdirSync(join(folder, "asset.abc123"));
  mkdirSync(join(folder, "asset.def456"));
  return folder;
}

export function temporaryFolder(name: string): string {
  return mkdtempSync(join(tmpdir(), `local-cloud-${name}-`));
}

/** A nested stack as CDK writes it into its parent. */
export function nestedStack(
  file: string,
  Parameters: Record<string, unknown> = {},
  rest: Record<string, unknown> = {},
) {
  return {
    Type: "AWS::CloudFormation::Stack",
    Properties: { Parameters },
    Metadata: { "aws:asset:path": file },
    ...rest,
  };
}

function write(folder: string, file: string, content: unknown): void {
  writeFileSync(join(folder, file), JSON.stringify(content));
}
