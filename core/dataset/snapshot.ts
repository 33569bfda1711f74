/** A job's records so far as a file, before the dataset is exported. Safe for APPSYNC_JS. */

/** Its file name when downloaded. */
export const SNAPSHOT_FILE = "snapshot.jsonl";
/** Its file expires after this many days. */
export const SNAPSHOT_RETENTION_DAYS = 1;
/** The timeout of the function that writes it: the longest AWS allows. */
export const SNAPSHOT_TIMEOUT_SECONDS = 900;
export const TOO_MANY_RECORDS =
  "There are more records than can be exported in 15 minutes; wait for the dataset, or pause the job and look at its latest records.";
