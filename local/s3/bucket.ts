/** One bucket: its configuration from the template, its objects and its unfinished uploads. */
import type { Resource } from "../service.ts";
import { corsRulesOf } from "./cors-rules.ts";
import type { CorsRule } from "./cors-rules.ts";
import { lifecycleOf } from "./lifecycle.ts";
import type { Lifecycle } from "./lifecycle.ts";
import { ObjectStore } from "./object-store.ts";
import { UploadStore } from "./upload-store.ts";

/** The `AWS::S3::BucketPolicy` of a bucket. */
export interface BucketPolicy {
  /** Names the policy in the record of decisions. */
  readonly path: string;
  readonly document: unknown;
}

export interface Bucket {
  readonly name: string;
  readonly arn: string;
  readonly createdAtMs: number;
  readonly cors: readonly CorsRule[];
  readonly lifecycle: Lifecycle;
  readonly tags: Readonly<Record<string, string>>;
  /** Whether events about its objects go to EventBridge. */
  readonly sendsEvents: boolean;
  readonly objects: ObjectStore;
  readonly uploads: UploadStore;
  /** Set once the policy's own resource is created. */
  policy?: BucketPolicy;
}

/** Opens a bucket's folder with the configuration of its resource. */
export async function openBucket(
  name: string,
  { properties }: Resource,
  folder: string,
  nowMs: number,
): Promise<Bucket> {
  const objects = await ObjectStore.open(folder);
  const uploads = await UploadStore.open(folder, objects);
  await objects.sweepSegments(uploads.segments());
  const tags = (properties.Tags ?? []) as { Key: string; Value: string }[];
  return {
    name,
    arn: `arn:aws:s3:::${name}`,
    createdAtMs: nowMs,
    cors: corsRulesOf(properties.CorsConfiguration),
    lifecycle: lifecycleOf(properties.LifecycleConfiguration),
    tags: Object.fromEntries(tags.map((tag) => [tag.Key, String(tag.Value)])),
    sendsEvents: String(properties.NotificationConfiguration?.EventBridgeConfiguration?.EventBridgeEnabled) === "true",
    objects,
    uploads,
  };
}
