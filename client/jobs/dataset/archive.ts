import {
  DAYS_BEFORE_ARCHIVE,
  RESTORED_COPY_DAYS,
  RESTORE_PRICES_PER_GB,
  RESTORE_DURATIONS,
} from "#core/dataset/archive";
import type { ArchiveFieldsFragment, JobStatus } from "../../generated/documents.ts";
import { showDate } from "../../ui/format.ts";

type Archive = Pick<ArchiveFieldsFragment, "state" | "archiveClass" | "restoredUntil">;

/** Whether the files can be downloaded, as far as is known. A file that cannot is refused in words, so unknown is yes. */
export function isReadable(archive: Pick<Archive, "state"> | null): boolean {
  return archive === null || archive.state === "AVAILABLE" || archive.state === "RESTORED";
}

/** What a person should know of where the dataset lies; null when there is nothing to say. */
export function archiveSentence({ state, archiveClass, restoredUntil }: Archive): string | null {
  const depth = archiveClass === "DEEP" ? "DEEP" : "FLEXIBLE";
  switch (state) {
    case "ARCHIVED":
      return `Datasets are archived after ${DAYS_BEFORE_ARCHIVE} days. Restoring this one takes ${RESTORE_DURATIONS[depth]} and costs ${RESTORE_PRICES_PER_GB[depth]} a gigabyte; it can then be downloaded for ${RESTORED_COPY_DAYS} days.`;
    case "RESTORING":
      return `The dataset is being restored from the archive, which takes ${RESTORE_DURATIONS[depth]}. This page says when it is back; you can leave it meanwhile.`;
    case "RESTORED":
      return restoredUntil
        ? `The dataset is back from the archive and can be downloaded until ${showDate(restoredUntil)}.`
        : "The dataset is back from the archive and can be downloaded.";
    case "AVAILABLE":
      return archiveClass === "INSTANT" ? "Archived, and downloaded as before." : null;
  }
}

/** Whether news of a job tells that its dataset has come back. Other news of the job repeats what was told before. */
export function tellsOfReturn(known: Pick<Archive, "state"> | null, { status, archive }: JobNews): boolean {
  return archive?.state === "RESTORED" && known?.state !== "RESTORED" && ENDED.includes(status);
}

const ENDED: readonly JobStatus[] = ["COMPLETED", "BUDGET_EXCEEDED", "CANCELLED", "FAILED"];

interface JobNews {
  readonly status: JobStatus;
  readonly archive: Pick<Archive, "state"> | null;
}

/** Whether `news` tells what was so before the known. */
export function isStaleArchive(known: ArchiveVersion, news: ArchiveVersion): boolean {
  return news.observedAt < known.observedAt;
}

export type ArchiveVersion = Pick<ArchiveFieldsFragment, "observedAt">;
