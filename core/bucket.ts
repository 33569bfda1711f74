/** The names of the objects in the bucket. Safe for APPSYNC_JS. */

/** Where a person's upload arrives; removed once it is read. */
export const uploadObject = (owner: string, seedSetId: string, collection: string) =>
  `uploads/${owner}/${seedSetId}/${collection}`;
export const uploadsPrefix = (owner: string, seedSetId: string) => `uploads/${owner}/${seedSetId}/`;
/** A seed set's blocks and their index. */
export const seedSetPrefix = (owner: string, seedSetId: string) => `seeds/${owner}/${seedSetId}/`;
export const seedIndexObject = (owner: string, seedSetId: string) => `seeds/${owner}/${seedSetId}/index.json`;
export const seedBlockObject = (owner: string, seedSetId: string, collection: string, block: number) =>
  `seeds/${owner}/${seedSetId}/${collection}/${block}.jsonl`;
export const partsPrefix = (jobId: string) => `parts/${jobId}/`;
export const partObject = (jobId: string, shardNo: number, { generation, compacted }: PartOrigin, seq: number) =>
  compacted
    ? `${datasetPrefix(jobId, generation)}records/${shardNo}-${seq}`
    : `parts/${jobId}/${shardNo}/${generation}-${seq}`;
export const datasetsPrefix = (jobId: string) => `datasets/${jobId}/`;
/** Each generation of the export shard writes under a prefix of its own; the final status publishes one of them. */
export const datasetPrefix = (jobId: string, generation: number) => `datasets/${jobId}/${generation}/`;
/** The job whose dataset an object belongs to. */
export const jobOfDatasetObject = (key: string) => key.split("/")[1] ?? "";
/** What a job's owner can download before there is a dataset. Its objects expire after a day. */
export const snapshotsPrefix = (jobId: string) => `snapshots/${jobId}/`;
export const snapshotObject = (jobId: string, snapshotId: string) => `snapshots/${jobId}/${snapshotId}.jsonl`;

/** Which lease wrote a part, and whether it has since been compacted into that lease's dataset. */
interface PartOrigin {
  readonly generation: number;
  readonly compacted?: true;
}
