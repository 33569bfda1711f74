import {
  DAYS_BEFORE_ARCHIVE,
  RESTORED_COPY_DAYS,
  RESTORE_PRICES_PER_GB,
  RESTORE_DURATIONS,
} from "#core/dataset/archive";
import type { ArchiveFieldsFragment } from "../../generated/documents.ts";
import { showDate } from "../../ui/format.ts";

type Archive = Pick<ArchiveFieldsFragment, "state" | "archiveClass" | "restoredUntil">;

/** Whether the files can be downloaded. Unknown counts as yes: a download that fails explains itself. */
export function isReadable(archive: Pick<Archive, "state"> | null): boolean {
  return archive === null || archive.state === "AVAILABLE" || archive.state === "RESTORED";
}

/** What a user should know about the dataset's archive state; null when there is nothing to say. */
export function archiveMessage({ state, archiveClass, restoredUntil }: Archive): string | null {
  const depth = archiveClass === "DEEP" ? "DEEP" : "FLEXIBLE";
  switch (state) {
    case "ARCHIVED":
      return `Datasets are archived after ${DAYS_BEFORE_ARCHIVE} days. Restoring this one takes ${RESTORE_DURATIONS[depth]} and costs ${RESTORE_PRICES_PER_GB[depth]} per GB; it can then be downloaded for ${RESTORED_COPY_DAYS} days.`;
    case "RESTORING":
      return `Restoring the dataset from the archive, which takes ${RESTORE_DURATIONS[depth]}. You can leave this page; you will be notified when it is done.`;
    case "RESTORED":
      return restoredUntil
        ? `The dataset has been restored and can be downloaded until ${showDate(restoredUntil)}.`
        : "The dataset has been restored and can be downloaded.";
    case "AVAILABLE":
      return archiveClass === "INSTANT" ? "Archived with instant access: downloads work as before." : null;
  }
}
