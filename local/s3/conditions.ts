/** Conditional requests: `If-Match` and related headers. */
import type { StoredObject } from "./object-store.ts";
import { noSuchKey, notImplemented, preconditionFailed } from "./errors.ts";

/** Header values, by lowercase name without the prefix that copies use. */
export interface Conditions {
  readonly ifMatch?: string | undefined;
  readonly ifNoneMatch?: string | undefined;
  readonly ifModifiedSince?: string | undefined;
  readonly ifUnmodifiedSince?: string | undefined;
}

/** From the headers of a request; `prefix` is `x-amz-copy-source-` for the source of a copy. */
export function conditionsOf(headers: Readonly<Record<string, unknown>>, prefix = ""): Conditions {
  const text = (name: string) => headers[prefix + name] as string | undefined;
  return {
    ifMatch: text("if-match"),
    ifNoneMatch: text("if-none-match"),
    ifModifiedSince: text("if-modified-since"),
    ifUnmodifiedSince: text("if-unmodified-since"),
  };
}

/**
 * Checks the conditions of a read.
 * @returns "unchanged" when the caller's copy is up to date (304)
 * @throws AwsError 412 `PreconditionFailed`
 */
export function checkRead(conditions: Conditions, object: StoredObject): "send" | "unchanged" {
  const { ifMatch, ifNoneMatch, ifModifiedSince, ifUnmodifiedSince } = conditions;
  if (ifMatch !== undefined && !matches(ifMatch, object)) throw preconditionFailed("If-Match");
  if (ifMatch === undefined && ifUnmodifiedSince !== undefined && isAfter(object, ifUnmodifiedSince)) {
    throw preconditionFailed("If-Unmodified-Since");
  }
  if (ifNoneMatch !== undefined) return matches(ifNoneMatch, object) ? "unchanged" : "send";
  if (ifModifiedSince !== undefined && !isAfter(object, ifModifiedSince)) return "unchanged";
  return "send";
}

/**
 * Checks the conditions of a write or delete; `existing` is the key's current object.
 * @throws AwsError 412 `PreconditionFailed`, 404 `NoSuchKey` when If-Match finds nothing
 */
export function checkWrite(conditions: Conditions, key: string, existing: StoredObject | undefined): void {
  const { ifMatch, ifNoneMatch } = conditions;
  if (ifNoneMatch !== undefined && ifNoneMatch !== "*") throw notImplemented("If-None-Match with an ETag on a write");
  if (ifNoneMatch === "*" && existing) throw preconditionFailed("If-None-Match");
  if (ifMatch === undefined) return;
  if (!existing) throw noSuchKey(key);
  if (!matches(ifMatch, existing)) throw preconditionFailed("If-Match");
}

function matches(list: string, object: StoredObject): boolean {
  return list.split(",").some((entry) => {
    const etag = entry.trim().replace(/^W\//, "").replaceAll('"', "");
    return etag === "*" || etag === object.etag;
  });
}

/** HTTP dates have whole seconds. */
function isAfter({ lastModifiedMs }: StoredObject, date: string): boolean {
  const ms = Date.parse(date);
  return !Number.isNaN(ms) && Math.floor(lastModifiedMs / 1000) * 1000 > ms;
}
