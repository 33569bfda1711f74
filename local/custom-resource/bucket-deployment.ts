/**
 * Emulates CDK's `BucketDeployment`, whose provider is a Python function around the AWS CLI: copies the files of its source
 * assets to the destination bucket and replaces the markers of values that were unknown at synthesis.
 */
import { readdirSync, readFileSync, statSync } from "node:fs";
import path from "node:path";
import {
  DeleteObjectsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  S3Client,
  type PutObjectCommandInput,
} from "@aws-sdk/client-s3";
import { contentTypeOf } from "./content-type.ts";
import type { CloudContext } from "../service.ts";

export const BUCKET_DEPLOYMENT = "Custom::CDKBucketDeployment";
const UPLOADS_AT_ONCE = 8;
const DELETES_AT_ONCE = 1_000;

/** Properties of the custom resource; any scalar may be a string. */
export interface BucketDeployment {
  readonly SourceObjectKeys: readonly string[];
  readonly SourceMarkers?: readonly Readonly<Record<string, unknown>>[];
  readonly SourceMarkersConfig?: readonly MarkersConfig[];
  readonly DestinationBucketName: string;
  readonly DestinationBucketKeyPrefix?: string;
  readonly DestinationBucketArn?: string;
  readonly Extract?: boolean | string;
  readonly Prune?: boolean | string;
  readonly Exclude?: readonly string[];
  readonly Include?: readonly string[];
  readonly UserMetadata?: Readonly<Record<string, string>>;
  readonly SystemMetadata?: Readonly<Record<string, string>>;
}

interface MarkersConfig {
  readonly jsonEscape?: boolean | string;
  readonly markerEncodings?: Readonly<Record<string, string>>;
}

/**
 * Deploys the sources' files to the bucket.
 * @returns the attributes of the custom resource
 * @throws Error for a source that is not a folder; errors of S3
 */
export async function deployToBucket(
  deployment: BucketDeployment,
  context: CloudContext,
): Promise<Record<string, unknown>> {
  if (isFalse(deployment.Extract)) {
    throw new Error("extract: false is not supported; the local cloud has sources as folders, not as zip files.");
  }
  const prefix = (deployment.DestinationBucketKeyPrefix ?? "").replace(/^\/$/, "").replace(/([^/])$/, "$1/");
  const client = new S3Client({
    region: context.region,
    endpoint: context.endpoints["s3"],
    credentials: context.gate.operator(),
    forcePathStyle: true,
  });
  try {
    const files = collectFiles(deployment, context);
    await upload(client, deployment, prefix, files);
    if (!isFalse(deployment.Prune)) await prune(client, deployment, prefix, files);
  } finally {
    client.destroy();
  }
  return {
    DestinationBucketArn: deployment.DestinationBucketArn,
    SourceObjectKeys: deployment.SourceObjectKeys,
  };
}

/** By key without prefix; a later source overwrites an earlier one's file. */
function collectFiles(deployment: BucketDeployment, context: CloudContext): Map<string, () => Buffer> {
  const files = new Map<string, () => Buffer>();
  deployment.SourceObjectKeys.forEach((sourceKey, index) => {
    const folder = context.assetFolder(path.posix.basename(sourceKey));
    if (!statSync(folder).isDirectory())
      throw new Error(`The source ${sourceKey} is a file; deploy its folder instead.`);
    const markers = encodeMarkers(
      deployment.SourceMarkers?.[index] ?? {},
      deployment.SourceMarkersConfig?.[index] ?? {},
    );
    for (const name of readdirSync(folder, { recursive: true, encoding: "utf8" })) {
      const file = path.join(folder, name);
      if (!statSync(file).isFile()) continue;
      const key = name.split(path.sep).join("/");
      if (isWanted(key, deployment)) files.set(key, () => replaceMarkers(readFileSync(file), markers));
    }
  });
  return files;
}

async function upload(
  client: S3Client,
  deployment: BucketDeployment,
  prefix: string,
  files: ReadonlyMap<string, () => Buffer>,
): Promise<void> {
  const queue = [...files];
  const workers = Array.from({ length: UPLOADS_AT_ONCE }, async () => {
    for (let next = queue.shift(); next; next = queue.shift()) {
      const [key, read] = next;
      await client.send(
        new PutObjectCommand({
          Bucket: deployment.DestinationBucketName,
          Key: prefix + key,
          Body: read(),
          ContentType: contentTypeOf(key),
          Metadata: deployment.UserMetadata,
          ...systemMetadata(deployment.SystemMetadata ?? {}),
        }),
      );
    }
  });
  await Promise.all(workers);
}

/** Deletes objects under the prefix that come from no source. */
async function prune(
  client: S3Client,
  deployment: BucketDeployment,
  prefix: string,
  files: ReadonlyMap<string, unknown>,
): Promise<void> {
  const Bucket = deployment.DestinationBucketName;
  const surplus: string[] = [];
  let ContinuationToken: string | undefined;
  do {
    const page = await client.send(new ListObjectsV2Command({ Bucket, Prefix: prefix, ContinuationToken }));
    const keys = (page.Contents ?? []).map(({ Key = "" }) => Key);
    surplus.push(...keys.filter((key) => isSurplus(key.slice(prefix.length))));
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken);
  for (let from = 0; from < surplus.length; from += DELETES_AT_ONCE) {
    const Objects = surplus.slice(from, from + DELETES_AT_ONCE).map((Key) => ({ Key }));
    await client.send(new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }));
  }

  function isSurplus(key: string): boolean {
    return !files.has(key) && isWanted(key, deployment);
  }
}

/** The CLI's filters: excluded files are neither uploaded nor pruned, unless an `include` matches them. */
function isWanted(key: string, { Exclude = [], Include = [] }: BucketDeployment): boolean {
  const fits = (pattern: string) => glob(pattern).test(key);
  return !Exclude.some(fits) || Include.some(fits);
}

function glob(pattern: string): RegExp {
  const source = pattern
    .replaceAll(/[.+^${}()|\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source.replaceAll("[!", "[^")}$`, "s");
}

const SYSTEM_METADATA: Record<string, keyof PutObjectCommandInput> = {
  "cache-control": "CacheControl",
  "content-disposition": "ContentDisposition",
  "content-encoding": "ContentEncoding",
  "content-language": "ContentLanguage",
  "content-type": "ContentType",
  "storage-class": "StorageClass",
  "website-redirect": "WebsiteRedirectLocation",
};

/** Encryption and ACLs have no meaning here; `expires` is a date. */
function systemMetadata(given: Readonly<Record<string, string>>): Partial<PutObjectCommandInput> {
  const supported = Object.entries(given).filter(([name]) => name.toLowerCase() in SYSTEM_METADATA);
  const expires = given["expires"];
  return {
    ...Object.fromEntries(supported.map(([name, value]) => [SYSTEM_METADATA[name.toLowerCase()], value])),
    ...(expires && { Expires: new Date(expires) }),
  };
}

function encodeMarkers(markers: Readonly<Record<string, unknown>>, config: MarkersConfig): [string, string][] {
  const usual = String(config.jsonEscape) === "true" ? "UNQUOTED_JSON_VALUE" : "LITERAL";
  return Object.entries(markers).map(([marker, value]) => {
    return [marker, encodeMarker(marker, value, config.markerEncodings?.[marker] ?? usual)];
  });
}

function encodeMarker(marker: string, value: unknown, encoding: string): string {
  const isText = typeof value === "string";
  switch (encoding) {
    case "JSON_VALUE":
      return JSON.stringify(value);
    case "UNQUOTED_JSON_VALUE":
      return isText ? JSON.stringify(value).slice(1, -1) : JSON.stringify(value);
    case "YAML_STRING":
      if (isText) return isPlainYaml(value) ? value : JSON.stringify(value);
      break;
    case "LITERAL":
      if (isText) return value;
      break;
  }
  throw new Error(`The marker ${marker} cannot be encoded as ${encoding}; its value is ${JSON.stringify(value)}.`);
}

const YAML_RESERVED = new Set(["y", "n", "yes", "no", "true", "false", "on", "off", "null"]);

function isPlainYaml(value: string): boolean {
  return /^[A-Za-z][A-Za-z0-9._-]*$/.test(value) && !YAML_RESERVED.has(value.toLowerCase());
}

/** Works on bytes, since a file need not be text. */
function replaceMarkers(content: Buffer, markers: readonly [string, string][]): Buffer {
  if (!markers.some(([marker]) => content.includes(marker))) return content;
  const bytes = (text: string) => Buffer.from(text).toString("latin1");
  const replaced = markers.reduce(
    (text, [marker, value]) => text.replaceAll(bytes(marker), () => bytes(value)),
    content.toString("latin1"),
  );
  return Buffer.from(replaced, "latin1");
}

function isFalse(value: boolean | string | undefined): boolean {
  return String(value) === "false";
}
