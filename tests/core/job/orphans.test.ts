/** What may be removed of a job: only what nothing names, and nothing ever will. */
import { isOrphan, type ReferencingRows } from "#core/job/orphans";

const JOB = "J1";
const rows: ReferencingRows = {
  job: { jobId: JOB, datasetPrefix: `datasets/${JOB}/5/` },
  shards: [
    { shardNo: 0, generation: 4, partRanges: [{ generation: 5, fromSeq: 0, toSeq: 1, compacted: true }] },
    {
      shardNo: 1,
      generation: 7,
      leaseTask: "task-9",
      partRanges: [
        { generation: 3, fromSeq: 0, toSeq: 2, compacted: true },
        { generation: 7, fromSeq: 0, toSeq: 4 },
      ],
    },
    { shardNo: 2, generation: 2, partRanges: [{ generation: 2, fromSeq: 0, toSeq: 4 }] },
  ],
};

test.each([
  ["a part that was folded", "parts/J1/0/4-0", true],
  ["a part of an older lease that was folded", "parts/J1/0/1-12", true],
  ["a part of a lease that began since", "parts/J1/0/5-0", false],
  ["a part of a lease that lives, named", "parts/J1/1/7-4", false],
  ["a part of a lease that lives, which its next checkpoint may name", "parts/J1/1/7-5", false],
  ["a part that no checkpoint came to name, of a lease that is over", "parts/J1/1/6-0", true],
  ["a part that is named and was not folded, the job being at its budget", "parts/J1/2/2-4", false],
  ["a part of a lease that was given back, beyond what it named", "parts/J1/2/2-5", true],
  ["a part of a shard that was added since", "parts/J1/3/0-0", false],
  ["a file of the published dataset", "datasets/J1/5/dataset.jsonl", false],
  ["a folded part that is named", "datasets/J1/5/records/0-1", false],
  ["a file of a dataset before", "datasets/J1/3/dataset.jsonl", true],
  ["a file in a folder of a dataset before", "datasets/J1/3/category=a/dataset.jsonl", true],
  ["a file about the published dataset", "datasets/J1/5/meta/provenance.jsonl", false],
  ["a file about a dataset before", "datasets/J1/3/meta/provenance.jsonl", true],
  ["a folded part of a dataset before that is still named", "datasets/J1/3/records/1-2", false],
  ["a folded part of a dataset before that is named no more", "datasets/J1/3/records/0-0", true],
  ["a folded part beyond those named", "datasets/J1/3/records/1-3", true],
  ["a file of a dataset that is being written", "datasets/J1/6/dataset.jsonl", false],
  ["an object of another job", "parts/J12/0/1-0", false],
])("%s: %s is a leftover: %s", (_, name, expected) => expect(isOrphan(name, rows)).toBe(expected));

test("without a published dataset no dataset is a leftover", () => {
  expect(isOrphan("datasets/J1/1/dataset.jsonl", { ...rows, job: { jobId: JOB } })).toBe(false);
});
