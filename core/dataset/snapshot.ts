/** A job's records so far as a file, for who cannot wait for the dataset. Safe for APPSYNC_JS. */

/** What it is downloaded as. */
export const SNAPSHOT_FILE = "snapshot.jsonl";
/** Its file goes after so many days. */
export const SNAPSHOT_RETENTION_DAYS = 1;
/** The function that writes it has this long: AWS gives no more. */
export const SNAPSHOT_TIMEOUT_SECONDS = 900;
export const TOO_MANY_RECORDS =
  "There are more records than can be written in 15 minutes; wait for the dataset, or pause the job and look at its latest records.";
