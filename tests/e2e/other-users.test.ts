import { randomUUID } from "node:crypto";
import { mkdtemp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { openApi, type Api } from "../../cli/api.ts";
import { followJob } from "../../cli/job-watch.ts";
import { saveTemplate, uploadSeeds } from "../../cli/api-calls.ts";
import { createUser, startProduct, type Product } from "./product.ts";

/** Ids that belong to the demo user, and ids that do not exist. */
interface Ids {
  job: string;
  template: string;
  seedSet: string;
}

const MADE_UP: Ids = {
  job: "01JZZZZZZZZZZZZZZZZZZZZZZZ",
  template: "01JZZZZZZZZZZZZZZZZZZZZZZZ",
  seedSet: "01JZZZZZZZZZZZZZZZZZZZZZZZ",
};

/** Every operation that takes an id, as another user calls it. */
const OPERATIONS: readonly (readonly [
  string,
  (ids: Ids) => { document: string; variables: Record<string, unknown> },
])[] = [
  [
    "reading a job",
    ({ job }) => ({
      document: "query($id: ID!) { getJob(id: $id) { id progress { delivered } } }",
      variables: { id: job },
    }),
  ],
  [
    "downloading a dataset",
    ({ job }) => ({
      document: 'query($id: ID!) { getDownload(jobId: $id, file: "dataset.jsonl") { url } }',
      variables: { id: job },
    }),
  ],
  [
    "pausing a job",
    ({ job }) => ({ document: "mutation($id: ID!) { pauseJob(id: $id) { id } }", variables: { id: job } }),
  ],
  [
    "canceling a job",
    ({ job }) => ({ document: "mutation($id: ID!) { cancelJob(id: $id) { id } }", variables: { id: job } }),
  ],
  [
    "resuming a job",
    ({ job }) => ({
      document: "mutation($id: ID!) { resumeJob(id: $id, budgetNanos: 5000000000) { id } }",
      variables: { id: job },
    }),
  ],
  [
    "deleting a job",
    ({ job }) => ({ document: "mutation($id: ID!) { deleteJob(id: $id) { id } }", variables: { id: job } }),
  ],
  [
    "reading a template",
    ({ template }) => ({ document: "query($id: ID!) { getTemplate(id: $id) { id } }", variables: { id: template } }),
  ],
  [
    "reading a version of a template",
    ({ template }) => ({
      document: "query($id: ID!) { getTemplate(id: $id, version: 1) { id } }",
      variables: { id: template },
    }),
  ],
  [
    "saving over a template",
    ({ template }) => ({
      document: "mutation($input: SaveTemplateInput!) { saveTemplate(input: $input) { id } }",
      variables: { input: { id: template, source: TEMPLATE } },
    }),
  ],
  [
    "reading a seed set",
    ({ seedSet }) => ({ document: "query($id: ID!) { getSeedSet(id: $id) { id } }", variables: { id: seedSet } }),
  ],
  [
    "confirming a seed set",
    ({ seedSet }) => ({
      document: "mutation($id: ID!) { confirmSeedSet(id: $id) { id } }",
      variables: { id: seedSet },
    }),
  ],
  [
    "deleting a seed set",
    ({ seedSet }) => ({ document: "mutation($id: ID!) { deleteSeedSet(id: $id) { id } }", variables: { id: seedSet } }),
  ],
  [
    "a job from a template",
    ({ template }) => ({
      document: CREATE,
      variables: { input: { ...JOB, templateId: template, seedSetId: "natural-wonders", clientToken: randomUUID() } },
    }),
  ],
  [
    "a job from a seed set",
    ({ seedSet }) => ({
      document: CREATE,
      variables: {
        input: { ...JOB, templateId: "questions-and-answers", seedSetId: seedSet, clientToken: randomUUID() },
      },
    }),
  ],
];

const TEMPLATE =
  "name: Mine\nsteps: [{ id: say, tier: economy, maxTokens: 60, maxPromptBytes: 500, prompt: 'Praise <%= it.seed.name %>.' }]\n";
const CREATE = "mutation($input: CreateJobInput!) { createJob(input: $input) { id } }";
const JOB = { name: "Mine", recordCount: 3, budgetNanos: 1_000_000_000, formats: ["JSONL"] };

let product: Product;
let own: Ids;
let stranger: Api;

beforeAll(async () => {
  product = await startProduct();
  const owner = await openApi(product.outputs, product.outputs.demoUser);
  own = await ownThings(owner);
  owner.close();
  stranger = await openApi(product.outputs, await createUser(product, "stranger@plot-palette.local"));
}, 120_000);
afterAll(async () => {
  stranger?.close();
  await product?.end();
});

test.each(OPERATIONS)(
  "%s of someone else's answers exactly as for one that does not exist",
  async (_name, operation) => {
    const theirs = await errorOf(operation(own));
    const madeUp = await errorOf(operation(MADE_UP));
    expect(theirs).toMatchObject({ errorType: "NotFound" });
    expect(theirs).toEqual(madeUp);
  },
);

test("watching someone else's job answers exactly as for one that does not exist", async () => {
  const watch = (jobId: string) =>
    new Promise<string>((resolve, reject) => {
      const stop = stranger.listen(
        "subscription($jobId: ID) { onJobChanged(jobId: $jobId) { jobId } }",
        { jobId },
        {
          data: () => reject(new Error("The stranger heard news.")),
          live: () => reject(new Error("The stranger may listen.")),
          error: (error) => (resolve(error.message), stop()),
        },
      );
    });
  expect(await watch(own.job)).toBe(await watch(MADE_UP.job));
});

test("lists contain nothing of other users", async () => {
  const lists = await stranger.call(
    "{ listJobs { items { id } } listTemplates { items { id } } listSeedSets { items { id } } }",
  );
  expect(lists).toEqual({ listJobs: { items: [] }, listTemplates: { items: [] }, listSeedSets: { items: [] } });
});

test("users cannot call the worker's operations", async () => {
  const reported = await errorOf({
    document: "mutation($input: ReportProgressInput!) { reportProgress(input: $input) { jobId } }",
    variables: { input: { jobId: own.job } },
  });
  expect(reported.errorType).toBe("Unauthorized");
});

async function ownThings(api: Api): Promise<Ids> {
  const folder = await mkdtemp(join(product.data, "own-"));
  await writeFile(join(folder, "towns.csv"), "name\nBern\nGraz\n");
  const file = { collection: "seeds", path: join(folder, "towns.csv"), bytes: 15 };
  const template = await saveTemplate(api, { name: "Mine", source: TEMPLATE });
  const seedSet = await uploadSeeds(api, [file], new AbortController().signal);
  const { createJob } = await api.call<{ createJob: { id: string } }>(CREATE, {
    input: { ...JOB, templateId: template, seedSetId: seedSet, clientToken: randomUUID() },
  });
  await followJob(api, createJob.id, AbortSignal.timeout(60_000), () => undefined);
  return { job: createJob.id, template, seedSet };
}

async function errorOf({ document, variables }: { document: string; variables: Record<string, unknown> }) {
  try {
    await stranger.call(document, variables);
  } catch (error) {
    const { code, message } = error as { code: string; message: string };
    return { errorType: code === "Internal" && /Not Authorized/.test(message) ? "Unauthorized" : code, message };
  }
  throw new Error("Another user was allowed in.");
}
