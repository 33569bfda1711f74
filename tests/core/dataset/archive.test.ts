import {
  reconcileArchiveState,
  mergeArchiveStatus,
  archiveStatusOf,
  whyNotReadable,
  type ArchiveState,
  type StoredObject,
  type ArchiveStatus,
} from "../../../core/dataset/archive.ts";

const UNTIL = "2026-12-01T00:00:00.000Z";
const LATER = "2026-12-02T00:00:00.000Z";

const OBJECTS: [string, StoredObject, ArchiveStatus][] = [
  ["an ordinary object is there", {}, { state: "AVAILABLE" }],
  ["so S3's name for it in listings says", { storageClass: "STANDARD" }, { state: "AVAILABLE" }],
  ["GLACIER_IR is read at once", { storageClass: "GLACIER_IR" }, { state: "AVAILABLE", archiveClass: "INSTANT" }],
  ["GLACIER must be restored", { storageClass: "GLACIER" }, { state: "ARCHIVED", archiveClass: "FLEXIBLE" }],
  ["so must DEEP_ARCHIVE", { storageClass: "DEEP_ARCHIVE" }, { state: "ARCHIVED", archiveClass: "DEEP" }],
  [
    "which takes its time",
    { storageClass: "DEEP_ARCHIVE", isBeingRestored: true },
    { state: "RESTORING", archiveClass: "DEEP" },
  ],
  [
    "and lasts for some days",
    { storageClass: "GLACIER", isBeingRestored: false, restoredUntil: UNTIL },
    { state: "RESTORED", archiveClass: "FLEXIBLE", restoredUntil: UNTIL },
  ],
];

test.each(OBJECTS)("%s", (_, object, whereabouts) => {
  expect(archiveStatusOf(object)).toEqual(whereabouts);
});

const there: StoredObject = {};
const archived: StoredObject = { storageClass: "GLACIER" };
const coming: StoredObject = { storageClass: "GLACIER", isBeingRestored: true };
const back: StoredObject = { storageClass: "GLACIER", restoredUntil: UNTIL };
const backForLonger: StoredObject = { storageClass: "DEEP_ARCHIVE", restoredUntil: LATER };

const DATASETS: [string, StoredObject[], ArchiveStatus][] = [
  [
    "of which one file is archived cannot be had",
    [there, archived, back],
    { state: "ARCHIVED", archiveClass: "FLEXIBLE" },
  ],
  ["comes back as long as one file does", [archived, coming, back], { state: "RESTORING", archiveClass: "FLEXIBLE" }],
  [
    "is back until its first copy goes",
    [backForLonger, there, back],
    { state: "RESTORED", archiveClass: "DEEP", restoredUntil: UNTIL },
  ],
  [
    "of the instant class is there",
    [there, { storageClass: "GLACIER_IR" }],
    { state: "AVAILABLE", archiveClass: "INSTANT" },
  ],
];

test.each(DATASETS)("a dataset %s, in whatever order its files are seen", (_, objects, whereabouts) => {
  const seen = objects.map(archiveStatusOf);
  expect(seen.reduce(mergeArchiveStatus)).toEqual(whereabouts);
  expect(seen.toReversed().reduce(mergeArchiveStatus)).toEqual(whereabouts);
});

const LOOKS: [ArchiveState, ArchiveState, ReturnType<typeof reconcileArchiveState>][] = [
  ["RESTORING", "RESTORING", "unchanged"],
  ["RESTORING", "ARCHIVED", "restoreRest"],
  ["RESTORING", "RESTORED", "RESTORED"],
  ["RESTORING", "AVAILABLE", "RESTORED"],
  ["RESTORED", "RESTORED", "unchanged"],
  ["RESTORED", "ARCHIVED", "ARCHIVED"],
  ["RESTORED", "RESTORING", "unchanged"],
  ["ARCHIVED", "ARCHIVED", "unchanged"],
  ["ARCHIVED", "RESTORED", "unchanged"],
];

test.each(LOOKS)("a job that remembers %s, when S3 says %s: %s", (known, found, step) => {
  expect(reconcileArchiveState(known, found)).toBe(step);
});

test("a file that cannot be read now says why and what to do, with the hours of its class", () => {
  const why = (state: ArchiveState, archiveClass: "FLEXIBLE" | "DEEP") =>
    whyNotReadable("dataset.csv", { state, archiveClass });
  expect(why("ARCHIVED", "FLEXIBLE")).toBe(
    '"dataset.csv" is archived; restore the dataset first, which takes 3 to 5 hours.',
  );
  expect(why("RESTORING", "DEEP")).toBe(
    '"dataset.csv" is being restored from the archive, which takes up to 12 hours; download it once it is restored.',
  );
  expect(why("RESTORED", "DEEP")).toBeUndefined();
  expect(whyNotReadable("dataset.csv", { state: "AVAILABLE", archiveClass: "INSTANT" })).toBeUndefined();
});
