import { InMemoryCache } from "@apollo/client";
import {
  DatasetArchiveDocument,
  JobDocument,
  type ArchiveFieldsFragment,
} from "../../../../client/generated/documents.ts";
import { applyJobChange } from "../../../../client/jobs/live/applyJobChange.ts";
import { archiveMessage, isReadable } from "../../../../client/jobs/dataset/archive.ts";
import { isNewlyRestored } from "../../../../client/jobs/live/freshness.ts";
import { typePolicies } from "../../../../client/session/cache.ts";
import { newest } from "../../../../client/session/keepNewest.ts";
import { sampleChange, sampleJob } from "../sample-job.ts";

const job = sampleJob({ status: "COMPLETED" });
const archive = (different: Partial<ArchiveFieldsFragment>): ArchiveFieldsFragment => ({
  __typename: "DatasetArchive",
  jobId: job.id,
  state: "ARCHIVED",
  archiveClass: "FLEXIBLE",
  requestedAt: null,
  restoredUntil: null,
  observedAt: "2026-11-25T10:00:00.000Z",
  ...different,
});

describe("the archive message", () => {
  test.each([
    [{ state: "ARCHIVED" }, /takes 3 to 5 hours and costs about 1 cent per GB; .* for 7 days\.$/],
    [{ state: "ARCHIVED", archiveClass: "DEEP" }, /takes up to 12 hours and costs about 2 cents per GB/],
    [{ state: "RESTORING" }, /^Restoring the dataset from the archive, which takes 3 to 5 hours\./],
    [{ state: "RESTORED", restoredUntil: "2026-12-03T12:00:00Z" }, /can be downloaded until Dec 3, 2026\.$/],
    [{ state: "AVAILABLE", archiveClass: "INSTANT" }, /^Archived with instant access: downloads work as before\.$/],
  ] as const)("%j", (different, expected) => {
    expect(archiveMessage(archive(different))).toMatch(expected);
  });

  test("is absent for a dataset that is not archived", () => {
    expect(archiveMessage(archive({ state: "AVAILABLE", archiveClass: null }))).toBeNull();
  });

  test("comes with downloads only where they work, and while the state is unknown", () => {
    const readable = (["AVAILABLE", "ARCHIVED", "RESTORING", "RESTORED"] as const).filter((state) =>
      isReadable({ state }),
    );
    expect(readable).toEqual(["AVAILABLE", "RESTORED"]);
    expect(isReadable(null)).toBe(true);
  });
});

test.each([
  ["the first time", null, "COMPLETED", "RESTORED", true],
  ["after its restoration was in progress", "RESTORING", "COMPLETED", "RESTORED", true],
  ["of a job at its budget", "ARCHIVED", "BUDGET_EXCEEDED", "RESTORED", true],
  ["again", "RESTORED", "COMPLETED", "RESTORED", false],
  ["while the job runs again", null, "RUNNING", "RESTORED", false],
  ["while the job is deleted", null, "DELETING", "RESTORED", false],
  ["while it is still being restored", null, "COMPLETED", "RESTORING", false],
] as const)("a dataset restored %s is announced or not", (_, known, status, state, isAnnounced) => {
  expect(isNewlyRestored(known && { state: known }, { status, archive: { state } })).toBe(isAnnounced);
});

describe("an update of an archive", () => {
  const known = archive({ state: "RESTORING", observedAt: "2026-11-25T11:00:00.000Z" });
  const later = archive({
    state: "RESTORED",
    restoredUntil: "2026-12-03T00:00:00.000Z",
    observedAt: "2026-11-25T14:00:00.000Z",
  });
  const earlier = archive({ state: "ARCHIVED", observedAt: "2026-11-25T10:00:00.000Z" });
  const cache = () => {
    const created = new InMemoryCache({ typePolicies });
    created.writeQuery({ query: JobDocument, variables: { id: job.id }, data: { getJob: job } });
    created.writeQuery({
      query: DatasetArchiveDocument,
      variables: { jobId: job.id },
      data: { getDatasetArchive: known },
    });
    return created;
  };
  const read = (from: InMemoryCache) =>
    from.readQuery({ query: DatasetArchiveDocument, variables: { jobId: job.id } })?.getDatasetArchive.state;

  test("reaches the page when the dataset is restored", () => {
    const created = cache();
    applyJobChange(created, sampleChange(job, { archive: later }));
    expect(read(created)).toBe("RESTORED");
  });

  test("that is older or absent changes nothing", () => {
    const created = cache();
    applyJobChange(created, sampleChange(job, { archive: earlier }));
    applyJobChange(created, sampleChange(job));
    expect(read(created)).toBe("RESTORING");
  });

  test("is not undone by an older response", () => {
    expect(newest({ getDatasetArchive: earlier }, cache())).toEqual({ getDatasetArchive: known });
    expect(newest({ getDatasetArchive: later }, cache())).toEqual({ getDatasetArchive: later });
  });
});
