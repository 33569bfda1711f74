/**
 * The files about a dataset's records. They are in a directory of their own, so that neither a glob such as `*.jsonl` nor a
 * loader takes them for records. No partition's directory can have its name: that has a `=`.
 */
export const META_FILES = {
  /** How each record was generated. */
  provenance: "meta/provenance.jsonl",
  failures: "meta/failures.jsonl",
  /** The candidates that the template's `accept` rejected. */
  rejected: "meta/rejected.jsonl",
  /** Every file of a partitioned dataset, with its size, rows and checksum. */
  files: "meta/files.jsonl",
} as const;

export type MetaFile = (typeof META_FILES)[keyof typeof META_FILES];
