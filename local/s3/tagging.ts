/** GetObjectTagging, PutObjectTagging, DeleteObjectTagging. */
import type { BucketAccess } from "./access.ts";
import { receiveDocument } from "./body.ts";
import { assertTags } from "./object-headers.ts";
import type { StoredObject } from "./object-store.ts";
import { sendEmpty, sendXml } from "./request.ts";
import type { ObjectRequest } from "./request.ts";
import { parseXml } from "./xml.ts";
import type { XmlElements } from "./xml.ts";

export async function getTagging(access: BucketAccess, context: ObjectRequest): Promise<void> {
  access.object(context.caller, "GetObjectTagging", context.bucket, context.key);
  sendXml(context.response, "Tagging", tagSet(existing(access, context).tags));
}

export async function putTagging(access: BucketAccess, context: ObjectRequest): Promise<void> {
  const { request, response, bucket, key, caller } = context;
  access.object(caller, "PutObjectTagging", bucket, key);
  existing(access, context);
  const document = parseXml(await receiveDocument(request), "Tagging");
  const list = (document.TagSet?.Tag ?? []) as { Key?: string; Value?: string }[];
  const tags = Object.fromEntries(list.map((tag) => [tag.Key ?? "", tag.Value ?? ""]));
  assertTags(tags);
  bucket.objects.commit({ ...existing(access, context), tags });
  sendEmpty(response, 200);
}

export async function deleteTagging(access: BucketAccess, context: ObjectRequest): Promise<void> {
  const { response, bucket, key, caller } = context;
  access.object(caller, "DeleteObjectTagging", bucket, key);
  bucket.objects.commit({ ...existing(access, context), tags: {} });
  sendEmpty(response, 204);
}

export function tagSet(tags: Readonly<Record<string, string>>): XmlElements {
  return { TagSet: { Tag: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })) } };
}

function existing(access: BucketAccess, { bucket, key, caller }: ObjectRequest): StoredObject {
  const object = bucket.objects.get(key);
  if (!object) throw access.missing(caller, bucket, key);
  return object;
}
