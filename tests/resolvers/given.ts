/** Fixtures for tests of jobs: a template, a seed set, an input. */
import { LEFTOVERS, ownerQueue } from "../../core/keys.ts";
import type { World } from "./world.ts";

export const TEMPLATE = `name: Film questions
pick: { movie: { from: movies } }
steps:
  - id: question
    tier: economy
    prompt: Ask one question about "<%= it.movie.Title %>".
    maxTokens: 100
    maxPromptBytes: 1000
`;

export const JOB = `id name status outcome statusReason controlNo templateId templateVersion templateName seedSetId seedSetName
  recordCount parameters budgetNanos maxAttemptCostNanos formats split { train validation test }
  priority capacity taskSize task { cpu memoryMb callsInFlight } maxTasks inFlight partitionBy { column transform } datasetFiles { name format bytes rows } datasetFileCount snapshot { state statusReason takenAt rows bytes } createdAt startedAt finishedAt
  progress { id jobId shardNo recordCount generation reportNo delivered failed spentNanos writtenOffNanos inputTokens
    outputTokens recordsPerSecond latest reportedAt }`;

export const CREATE_JOB = `mutation ($input: CreateJobInput!) { createJob(input: $input) { ${JOB} } }`;

export const GET_JOB = `query ($id: ID!) { getJob(id: $id) { ${JOB} } }`;

export const RESUME_JOB = `mutation ($id: ID!, $budget: Float) { resumeJob(id: $id, budgetNanos: $budget) { ${JOB} } }`;

/** A mutation of a job that takes only its id. */
export const act = (name: string) => `mutation ($id: ID!) { ${name}(id: $id) { ${JOB} } }`;

/** A worker's mutation. */
export const REPORT_PROGRESS = `mutation ($input: ReportProgressInput!) { reportProgress(input: $input) {
  jobId owner status controlNo shard { id delivered reportNo recordCount latest } } }`;

/** An id that does not exist. */
export const MADE_UP = "01JZZZZZZZZZZZZZZZZZZZZZZZ";

export async function givenTemplate(world: World, person: string, source = TEMPLATE): Promise<string> {
  const { saveTemplate } = await world.ask(
    person,
    "mutation ($source: String!) { saveTemplate(input: { source: $source }) { id } }",
    { source },
  );
  return saveTemplate.id;
}

/** A READY seed set, as left by the check. */
export async function givenSeedSet(world: World, owner: string, id: string, fields = ["Title"]): Promise<string> {
  const collections = [
    {
      name: "movies",
      fileName: "movies.csv",
      itemCount: 2,
      bytes: 10,
      fields: fields.map((name) => ({ name, types: ["string"], count: 2, missing: 0, examples: [] })),
    },
  ];
  await world.put("SeedSets", {
    pk: `SEEDS#${id}`,
    sk: "SEEDS",
    seedSetId: id,
    owner,
    listKey: id,
    name: "Films",
    status: "READY",
    collections,
    uploads: [{ collection: "movies", fileName: "movies.csv" }],
    createdAt: "2026-01-01T00:00:00.000Z",
  });
  return id;
}

let tokens = 0;

export async function inputFor(world: World, person: string, changes: object = {}): Promise<Record<string, unknown>> {
  return {
    name: "My films",
    templateId: await givenTemplate(world, person),
    seedSetId: await givenSeedSet(world, person, `seeds-of-${person}`),
    recordCount: 1200,
    budgetNanos: 1_000_000_000,
    formats: ["JSONL"],
    clientToken: `token-${(tokens += 1)}-xx`,
    ...changes,
  };
}

export async function givenJob(world: World, person: string, changes: object = {}): Promise<any> {
  const { createJob } = await world.ask(person, CREATE_JOB, { input: await inputFor(world, person, changes) });
  await world.settled();
  return createJob;
}

/** Where the dispatcher finds jobs that are not open. */
const QUEUES: Readonly<Record<string, string | undefined>> = {
  PAUSED: undefined,
  BUDGET_EXCEEDED: undefined,
  COMPLETED: LEFTOVERS,
  CANCELLED: LEFTOVERS,
  FAILED: LEFTOVERS,
  DELETING: LEFTOVERS,
};

/** Changes a job's row, as the worker or its owner would have. */
export async function change(world: World, jobId: string, changes: object): Promise<void> {
  const row = await world.row("Jobs", { pk: `JOB#${jobId}`, sk: "JOB" });
  const status = (changes as { status?: string }).status ?? row.status;
  const queueKey = status in QUEUES ? QUEUES[status] : ownerQueue(row.owner);
  await world.put("Jobs", { ...row, queueKey, ...changes, ownerStatus: `${row.owner}#${status}` });
}

export const jobRow = (world: World, jobId: string) => world.row("Jobs", { pk: `JOB#${jobId}`, sk: "JOB" });

export const budgetRow = (world: World, jobId: string) => world.row("Jobs", { pk: `BUDGET#${jobId}`, sk: "BUDGET" });
