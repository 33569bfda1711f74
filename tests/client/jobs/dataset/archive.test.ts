import { InMemoryCache } from "@apollo/client";
import {
  DatasetArchiveDocument,
  JobDocument,
  type ArchiveFieldsFragment,
} from "../../../../client/generated/documents.ts";
import { applyNews } from "../../../../client/jobs/live/applyJobChange.ts";
import { archiveSentence, isReadable, tellsOfReturn } from "../../../../client/jobs/dataset/archive.ts";
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

describe("the words for where a dataset lies", () => {
  test.each([
    [{ state: "ARCHIVED" }, /takes 3 to 5 hours and costs about 1 cent a gigabyte; .* for 7 days\.$/],
    [{ state: "ARCHIVED", archiveClass: "DEEP" }, /takes up to 12 hours and costs about 2 cents a gigabyte/],
    [{ state: "RESTORING" }, /^The dataset is being restored from the archive, which takes 3 to 5 hours\./],
    [{ state: "RESTORED", restoredUntil: "2026-12-03T12:00:00Z" }, /can be downloaded until Dec 3, 2026\.$/],
    [{ state: "AVAILABLE", archiveClass: "INSTANT" }, /^Archived, and downloaded as before\.$/],
  ] as const)("%j", (different, words) => {
    expect(archiveSentence(archive(different))).toMatch(words);
  });

  test("are none while it is not archived", () => {
    expect(archiveSentence(archive({ state: "AVAILABLE", archiveClass: null }))).toBeNull();
  });

  test("go with downloads only where they work, and while nothing is known", () => {
    const readable = (["AVAILABLE", "ARCHIVED", "RESTORING", "RESTORED"] as const).filter((state) =>
      isReadable({ state }),
    );
    expect(readable).toEqual(["AVAILABLE", "RESTORED"]);
    expect(isReadable(null)).toBe(true);
  });
});

test.each([
  ["the first time", null, "COMPLETED", "RESTORED", true],
  ["after its restoration was seen", "RESTORING", "COMPLETED", "RESTORED", true],
  ["of a job at its budget", "ARCHIVED", "BUDGET_EXCEEDED", "RESTORED", true],
  ["again", "RESTORED", "COMPLETED", "RESTORED", false],
  ["while the job runs on", null, "RUNNING", "RESTORED", false],
  ["while the job is deleted", null, "DELETING", "RESTORED", false],
  ["that is still on its way", null, "COMPLETED", "RESTORING", false],
] as const)("news of a dataset that is back, %s, are told or not", (_, known, status, state, told) => {
  expect(tellsOfReturn(known && { state: known }, { status, archive: { state } })).toBe(told);
});

describe("news of an archive", () => {
  const known = archive({ state: "RESTORING", observedAt: "2026-11-25T11:00:00.000Z" });
  const later = archive({
    state: "RESTORED",
    restoredUntil: "2026-12-03T00:00:00.000Z",
    observedAt: "2026-11-25T14:00:00.000Z",
  });
  const earlier = archive({ state: "ARCHIVED", observedAt: "2026-11-25T10:00:00.000Z" });
  const cache = () => {
    const made = new InMemoryCache({ typePolicies });
    made.writeQuery({ query: JobDocument, variables: { id: job.id }, data: { getJob: job } });
    made.writeQuery({
      query: DatasetArchiveDocument,
      variables: { jobId: job.id },
      data: { getDatasetArchive: known },
    });
    return made;
  };
  const read = (from: InMemoryCache) =>
    from.readQuery({ query: DatasetArchiveDocument, variables: { jobId: job.id } })?.getDatasetArchive.state;

  test("reaches the page that shows it, when it is back", () => {
    const made = cache();
    applyNews(made, sampleChange(job, { archive: later }));
    expect(read(made)).toBe("RESTORED");
  });

  test("that is older than what is known, or none at all, changes nothing", () => {
    const made = cache();
    applyNews(made, sampleChange(job, { archive: earlier }));
    applyNews(made, sampleChange(job));
    expect(read(made)).toBe("RESTORING");
  });

  test("is not undone by an answer that was overtaken", () => {
    expect(newest({ getDatasetArchive: earlier }, cache())).toEqual({ getDatasetArchive: known });
    expect(newest({ getDatasetArchive: later }, cache())).toEqual({ getDatasetArchive: later });
  });
});
