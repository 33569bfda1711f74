/**
 * The keys of every row and the indexes of every table, shared by resolvers, functions, the worker and infra. Safe for
 * APPSYNC_JS: arrow functions over strings only. Every row has `pk` and `sk`; its attributes are described beside its noun,
 * in core/NOUN/…-row.ts.
 */

// The jobs table -----------------------------------------------------------------------------------------------------

export const jobKey = (jobId: string) => ({ pk: `JOB#${jobId}`, sk: "JOB" as const });
/** The job's own copy of its template version: deleting a template never breaks a job. */
export const jobTemplateKey = (jobId: string) => ({ pk: `JOB#${jobId}`, sk: "TEMPLATE" as const });
/** The latest records that were kept: not in the shards' rows, whose checkpoints would pay for them every second. */
export const latestKey = (jobId: string) => ({ pk: `JOB#${jobId}`, sk: "LATEST" as const });
/** Each shard has its own partition, so that a hundred shards do not share one. */
export const shardKey = (jobId: string, shardNo: number) => ({ pk: `SHARD#${jobId}#${shardNo}`, sk: "SHARD" as const });
/** The shard that writes the dataset is leased, fenced and restarted like any other. */
export const exportKey = (jobId: string) => ({ pk: `SHARD#${jobId}#EXPORT`, sk: "SHARD" as const });
export const budgetKey = (budgetId: string) => ({ pk: `BUDGET#${budgetId}`, sk: "BUDGET" as const });
export const tokenKey = (owner: string, clientToken: string) => ({
  pk: `TOKEN#${owner}#${clientToken}`,
  sk: "TOKEN" as const,
});
/** Indexes of the jobs table. They only find rows; decisions are made on the base row. */
export const JOBS_BY_OWNER = "byOwner"; // owner, createdAt: descending is newest first; only job rows have both
export const JOBS_BY_OWNER_STATUS = "byOwnerStatus"; // ownerStatus, createdAt
export const JOBS_QUEUE = "queue"; // queueKey, queueOrder: where the dispatcher finds a job; without queueKey it does not
/** Opened, and not yet in its owner's queue: the dispatcher puts it there, and the sweep finds those it was not told of. */
export const NEW_JOBS = "NEW";
/** Every open job of an owner. */
export const ownerQueue = (owner: string) => `OWNER#${owner}`;
/** Jobs at rest, to be purged or swept. */
export const LEFTOVERS = "LEFTOVERS";
/** By priority, then age. The ranks follow PRIORITIES in core/job/job.ts. */
export const queueRank = (priority: string | undefined) => (priority === "HIGH" ? "0" : priority === "LOW" ? "2" : "1");
export const queueOrder = (priority: string | undefined, jobId: string) => `${queueRank(priority)}#${jobId}`;
export const ownerStatus = (owner: string, status: string) => `${owner}#${status}`;
/** A test run of a template; removed after a week by its time to live. */
export const testRunKey = (testRunId: string) => ({ pk: `TESTRUN#${testRunId}`, sk: "TESTRUN" as const });
/** Its input, in a row of its own because source and included texts can fill one. */
export const testRunInputKey = (testRunId: string) => ({ pk: `TESTRUN#${testRunId}`, sk: "INPUT" as const });
/** What an owner's test runs of one template have cost; the digest covers everything its prompts and prices depend on. */
export const costSampleKey = (owner: string, digest: string) => ({
  pk: `COSTSAMPLE#${owner}#${digest}`,
  sk: "SAMPLE" as const,
});
/** What an owner spent outside of jobs on one day, `2026-11-23`. */
export const adHocSpendingKey = (owner: string, day: string) => ({ pk: `SPENDING#${owner}`, sk: `DAY#${day}` });
/** The client tokens of test runs and generated seeds, separate from those of jobs. */
export const adHocTokenKey = (owner: string, clientToken: string) => ({
  pk: `ADHOCTOKEN#${owner}#${clientToken}`,
  sk: "TOKEN" as const,
});

// The fleet table ----------------------------------------------------------------------------------------------------

export const FLEET = "FLEET";
/** One task slot in use. All are in one partition so that the sweep can query them. */
export const taskKey = (taskSlot: string) => ({ pk: FLEET as typeof FLEET, sk: `TASK#${taskSlot}` });
export const overallCounterKey = () => ({ pk: "COUNT" as const, sk: "OVERALL" as const });
export const fleetOwnerKey = (owner: string) => ({ pk: "COUNT" as const, sk: `OWNER#${owner}` });
/** The owners whose jobs may be able to use another task: waitingKey (absent for all others), waitingOrder. */
export const OWNERS_WAITING = "waiting";
export const WAITING = "WAITING";
/** Where the sweep continues to check the queue. */
export const queueCheckKey = () => ({ pk: "CHECK" as const, sk: "QUEUE" as const });
export const spotKey = () => ({ pk: "CAPACITY" as const, sk: "SPOT" as const });

// The templates table ------------------------------------------------------------------------------------------------

export const templateHeadKey = (templateId: string) => ({ pk: `TEMPLATE#${templateId}`, sk: "HEAD" as const });
/** Zero-padded, so that versions sort as numbers. */
export const templateVersionKey = (templateId: string, version: number) => ({
  pk: `TEMPLATE#${templateId}`,
  sk: `V#${`${10_000_000 + version}`.slice(1)}`,
});
export const TEMPLATES_BY_OWNER = "byOwner"; // owner, listKey: only heads have both
/** The owner of everything that ships with the product. */
export const SAMPLES = "samples";
/**
 * A published template in one of the lists it can be found in: all templates, a category, a tag, the words that begin with
 * the same two letters. The sort key puts newest first, or words in alphabetical order; the row holds all that a list shows.
 */
export const listingKey = (listing: string, sort: string) => ({ pk: `LISTING#${listing}`, sk: sort });

// The seed sets table ------------------------------------------------------------------------------------------------

export const seedSetKey = (seedSetId: string) => ({ pk: `SEEDS#${seedSetId}`, sk: "SEEDS" as const });
export const SEED_SETS_BY_OWNER = "byOwner"; // owner, listKey
