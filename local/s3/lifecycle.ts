/** Lifecycle rules: what is due for an object as it ages. Pure; lifecycle-runner.ts applies them. */
import type { StoredObject } from "./object-store.ts";

export const DAY_MS = 24 * 3600 * 1000;
/** Since September 2024, smaller objects are not transitioned unless a rule says so: it would cost more than it saves. */
const SMALL_BYTES = 128 * 1024;
/** From warm to cold; objects only move toward cold. */
const COLDNESS = [
  "STANDARD",
  "STANDARD_IA",
  "INTELLIGENT_TIERING",
  "ONEZONE_IA",
  "GLACIER_IR",
  "GLACIER",
  "DEEP_ARCHIVE",
];

type Due = { readonly days: number } | { readonly atMs: number };

export interface LifecycleRule {
  readonly id: string;
  readonly prefix: string;
  readonly tags: Readonly<Record<string, string>>;
  readonly largerThanBytes?: number;
  readonly smallerThanBytes?: number;
  readonly transitions: readonly { readonly storageClass: string; readonly due: Due }[];
  readonly expiration?: Due;
  readonly abortUploadsAfterDays?: number;
}

export interface Lifecycle {
  readonly rules: readonly LifecycleRule[];
  /** Whether small objects may move to GLACIER and DEEP_ARCHIVE (`varies_by_storage_class`). */
  readonly smallObjectsMayFreeze: boolean;
}

export type LifecycleAction =
  { readonly kind: "keep" } | { readonly kind: "expire" } | { readonly kind: "move"; readonly storageClass: string };

/** The enabled rules of an `AWS::S3::Bucket`'s LifecycleConfiguration. */
export function lifecycleOf(configuration: Record<string, any> | undefined): Lifecycle {
  const rules = (configuration?.Rules ?? []) as Record<string, any>[];
  return {
    rules: rules.filter((rule) => rule.Status === "Enabled").map(ruleOf),
    smallObjectsMayFreeze: configuration?.TransitionDefaultMinimumObjectSize === "varies_by_storage_class",
  };
}

/** What is due for an object at a given time. Expiration takes precedence over transitions, the coldest transition over others. */
export function dueAction(lifecycle: Lifecycle, object: StoredObject, nowMs: number): LifecycleAction {
  const rules = lifecycle.rules.filter((rule) => applies(rule, object));
  if (rules.some((rule) => rule.expiration && dueMs(rule.expiration, object) <= nowMs)) return { kind: "expire" };
  const coldest = rules
    .flatMap((rule) => rule.transitions.map((transition) => ({ rule, ...transition })))
    .filter(({ due }) => dueMs(due, object) <= nowMs)
    .filter(({ rule, storageClass }) => mayMove(lifecycle, rule, object, storageClass))
    .map(({ storageClass }) => storageClass)
    .sort((a, b) => COLDNESS.indexOf(b) - COLDNESS.indexOf(a))[0];
  return coldest === undefined ? { kind: "keep" } : { kind: "move", storageClass: coldest };
}

/** Whether an unfinished upload has expired. */
export function isUploadDue({ rules }: Lifecycle, key: string, initiatedMs: number, nowMs: number): boolean {
  return rules.some(
    ({ abortUploadsAfterDays: days, prefix }) =>
      days !== undefined && key.startsWith(prefix) && nextMidnight(initiatedMs + days * DAY_MS) <= nowMs,
  );
}

/** `x-amz-expiration`: when the object will expire, and by which rule. */
export function expirationHeader({ rules }: Lifecycle, object: StoredObject): Record<string, string> {
  const next = rules
    .filter((rule) => rule.expiration && applies(rule, object))
    .map((rule) => ({ id: rule.id, atMs: dueMs(rule.expiration!, object) }))
    .sort((a, b) => a.atMs - b.atMs)[0];
  if (!next) return {};
  return {
    "x-amz-expiration": `expiry-date="${new Date(next.atMs).toUTCString()}", rule-id="${encodeURIComponent(next.id)}"`,
  };
}

/** S3 counts days from creation and acts at the midnight (UTC) that follows. */
export function nextMidnight(ms: number): number {
  return Math.ceil(ms / DAY_MS) * DAY_MS;
}

function applies(rule: LifecycleRule, object: StoredObject): boolean {
  if (!object.key.startsWith(rule.prefix)) return false;
  if (rule.largerThanBytes !== undefined && object.bytes <= rule.largerThanBytes) return false;
  if (rule.smallerThanBytes !== undefined && object.bytes >= rule.smallerThanBytes) return false;
  return Object.entries(rule.tags).every(([key, value]) => object.tags[key] === value);
}

function dueMs(due: Due, object: StoredObject): number {
  return "atMs" in due ? due.atMs : nextMidnight(object.lastModifiedMs + due.days * DAY_MS);
}

function mayMove(lifecycle: Lifecycle, rule: LifecycleRule, object: StoredObject, storageClass: string): boolean {
  if (COLDNESS.indexOf(storageClass) <= COLDNESS.indexOf(object.storageClass)) return false;
  const saysSize = rule.largerThanBytes !== undefined || rule.smallerThanBytes !== undefined;
  if (object.bytes >= SMALL_BYTES || saysSize) return true;
  return lifecycle.smallObjectsMayFreeze && (storageClass === "GLACIER" || storageClass === "DEEP_ARCHIVE");
}

function ruleOf(rule: Record<string, any>, index: number): LifecycleRule {
  const transitions = [...(rule.Transitions ?? []), ...(rule.Transition ? [rule.Transition] : [])] as Record<
    string,
    any
  >[];
  const tags = (rule.TagFilters ?? []) as { Key: string; Value: string }[];
  const expiration = dueOf(rule.ExpirationInDays, rule.ExpirationDate);
  const abortDays = rule.AbortIncompleteMultipartUpload?.DaysAfterInitiation;
  return {
    id: String(rule.Id ?? `rule-${index + 1}`),
    prefix: String(rule.Prefix ?? ""),
    tags: Object.fromEntries(tags.map((tag) => [tag.Key, String(tag.Value)])),
    ...(rule.ObjectSizeGreaterThan !== undefined && { largerThanBytes: Number(rule.ObjectSizeGreaterThan) }),
    ...(rule.ObjectSizeLessThan !== undefined && { smallerThanBytes: Number(rule.ObjectSizeLessThan) }),
    transitions: transitions.flatMap((transition) => {
      const due = dueOf(transition.TransitionInDays, transition.TransitionDate);
      return due ? [{ storageClass: String(transition.StorageClass), due }] : [];
    }),
    ...(expiration && { expiration }),
    ...(abortDays !== undefined && { abortUploadsAfterDays: Number(abortDays) }),
  };
}

function dueOf(days: unknown, date: unknown): Due | undefined {
  if (days !== undefined) return { days: Number(days) };
  return date === undefined ? undefined : { atMs: Date.parse(String(date)) };
}
