/**
 * A dataset's storage as it ages. S3 archives it some days after its job ended; the storage class, chosen by the deployment,
 * decides whether it must be restored before it can be read. S3 reports a status per object; here it becomes one status for
 * the dataset. Safe for APPSYNC_JS.
 */

/** S3 counts from when a file was written, and acts at the next midnight (UTC). */
export const DAYS_BEFORE_ARCHIVE = 3;
/** How long a restored copy can be read. */
export const RESTORED_COPY_DAYS = 7;
/** The timeout of the function that requests the restore; until then the request counts although S3 does not know it yet. */
export const RESTORE_REQUEST_TIMEOUT_SECONDS = 900;

/** The classes a deployment may choose, with their names in S3. INSTANT is readable like any other object. */
export const ARCHIVE_CLASSES = { INSTANT: "GLACIER_IR", FLEXIBLE: "GLACIER", DEEP: "DEEP_ARCHIVE" } as const;
export type ArchiveClass = keyof typeof ARCHIVE_CLASSES;

/** How long a standard restore takes, and what S3 charges per gigabyte, as shown to people. */
export const RESTORE_DURATIONS = { FLEXIBLE: "3 to 5 hours", DEEP: "up to 12 hours" } as const;
export const RESTORE_PRICES_PER_GB = { FLEXIBLE: "about 1 cent", DEEP: "about 2 cents" } as const;

export type ArchiveState = "AVAILABLE" | "ARCHIVED" | "RESTORING" | "RESTORED";

/** Of a file, or of all files of a dataset together. */
export interface ArchiveStatus {
  readonly state: ArchiveState;
  /** Absent while nothing is archived. */
  readonly archiveClass?: ArchiveClass;
  /** When the first restored copy expires, ISO 8601; only in state RESTORED. */
  readonly restoredUntil?: string;
}

/** What S3 reports about an object. */
export interface StoredObject {
  /** S3's name of its storage class; absent for Standard. */
  readonly storageClass?: string;
  readonly isBeingRestored?: boolean;
  /** ISO 8601; absent without a restored copy. */
  readonly restoredUntil?: string;
}

export const NOT_ARCHIVED: ArchiveStatus = { state: "AVAILABLE" };

export function archiveStatusOf({ storageClass, isBeingRestored, restoredUntil }: StoredObject): ArchiveStatus {
  if (storageClass === ARCHIVE_CLASSES.INSTANT) return { state: "AVAILABLE", archiveClass: "INSTANT" };
  const archiveClass =
    storageClass === ARCHIVE_CLASSES.FLEXIBLE ? "FLEXIBLE" : storageClass === ARCHIVE_CLASSES.DEEP ? "DEEP" : undefined;
  if (!archiveClass) return NOT_ARCHIVED;
  if (isBeingRestored) return { state: "RESTORING", archiveClass };
  return restoredUntil ? { state: "RESTORED", archiveClass, restoredUntil } : { state: "ARCHIVED", archiveClass };
}

/** A dataset is readable once all of its files are: RESTORING outranks ARCHIVED, which outranks RESTORED, then AVAILABLE. */
const PRECEDENCE: Readonly<Record<ArchiveState, number>> = { AVAILABLE: 0, RESTORED: 1, ARCHIVED: 2, RESTORING: 3 };
const DEPTH: Readonly<Record<ArchiveClass, number>> = { INSTANT: 0, FLEXIBLE: 1, DEEP: 2 };

export function mergeArchiveStatus(one: ArchiveStatus, other: ArchiveStatus): ArchiveStatus {
  const state = PRECEDENCE[one.state] >= PRECEDENCE[other.state] ? one.state : other.state;
  const archiveClass = deeper(one.archiveClass, other.archiveClass);
  const restoredUntil = state === "RESTORED" ? earlier(one.restoredUntil, other.restoredUntil) : undefined;
  return { state, ...(archiveClass && { archiveClass }), ...(restoredUntil && { restoredUntil }) };
}

function deeper(one?: ArchiveClass, other?: ArchiveClass): ArchiveClass | undefined {
  if (!one || !other) return one ?? other;
  return DEPTH[one] >= DEPTH[other] ? one : other;
}

function earlier(one?: string, other?: string): string | undefined {
  if (!one || !other) return one ?? other;
  return one < other ? one : other;
}

/**
 * What follows for a job that recorded `known` when S3 reports `found`: a state to store and report, the rest of a restoration
 * that was started but not completed, or nothing.
 */
export function reconcileArchiveState(
  known: ArchiveState,
  found: ArchiveState,
): "RESTORED" | "ARCHIVED" | "restoreRest" | "unchanged" {
  if (known === "RESTORING" && found === "ARCHIVED") return "restoreRest";
  if (known === "RESTORING" && found !== "RESTORING") return "RESTORED";
  return known === "RESTORED" && found === "ARCHIVED" ? "ARCHIVED" : "unchanged";
}

/** For a job that ran or waited so long after resuming that S3 archived its earlier records meanwhile. */
export const RECORDS_ARCHIVED =
  "The records this job made before it was resumed have been archived with its dataset; restore the dataset, then retry.";

/** Why a file cannot be read now, and what to do; undefined when it can be. */
export function whyNotReadable(file: string, { state, archiveClass }: ArchiveStatus): string | undefined {
  const takes = archiveClass === "DEEP" ? RESTORE_DURATIONS.DEEP : RESTORE_DURATIONS.FLEXIBLE;
  if (state === "ARCHIVED") return `"${file}" is archived; restore the dataset first, which takes ${takes}.`;
  if (state === "RESTORING")
    return `"${file}" is being restored from the archive, which takes ${takes}; download it once it is restored.`;
  return undefined;
}
