/**
 * A second person and everything private of the first: no operation lets them read it, change it, use it, or distinguish it
 * from what does not exist. Every new operation, or argument that takes an id or a source, needs a row here.
 */
import { buildSchema, isInputObjectType, getNamedType, type GraphQLObjectType, type GraphQLInputType } from "graphql";
import { readFileSync } from "node:fs";
import { change, givenJob, givenTemplate, TEMPLATE } from "./given.ts";
import { givenSeeds } from "./given-seeds.ts";
import { startWorld, type World } from "./world.ts";

interface AccessCase {
  /** The argument that names another user's resource, such as `input.templateId`; a source names it by an include. */
  readonly at: string;
  readonly resource: keyof Resources;
  readonly document: string;
  readonly variables?: object;
}

/** A list of mine, which must contain nothing of theirs. */
interface List {
  readonly list: string;
  readonly variables?: object;
}

/** Accessible only to functions and workers. */
interface Closed {
  readonly closed: string;
}

/** Pushes what is mine; a separate test shows that it pushes nothing else. */
interface Pushes {
  readonly pushes: string;
}

type Row = readonly AccessCase[] | List | Closed | Pushes;

interface Resources {
  /** Includes the library, so contains a copy of its text. */
  readonly template: string;
  readonly library: string;
  readonly seedSet: string;
  readonly job: string;
  readonly testRun: string;
}

const byId = (
  type: "query" | "mutation",
  field: string,
  resource: keyof Resources,
  more = "",
): readonly AccessCase[] => [
  { at: "id", resource, document: `${type} ($id: ID!) { ${field}(id: $id${more}) { id } }` },
];
const input = (type: string, field: string, selection: string) => {
  const inputType = `${field.slice(0, 1).toUpperCase()}${field.slice(1)}Input`;
  return `${type} ($input: ${inputType}!) { ${field}(input: $input) { ${selection} } }`;
};
const accessCases = (
  document: string,
  variables: object,
  resources: Record<string, keyof Resources>,
): readonly AccessCase[] => Object.entries(resources).map(([at, resource]) => ({ at, resource, document, variables }));
const page = (field: string) => ({ list: `{ ${field} { items { id name } } }` });
const closed = (field: string, fields: string, selection: string) => ({
  closed: `mutation { ${field}(input: { ${fields} }) { ${selection} } }`,
});

/** Less than the first record can cost: otherwise valid input is rejected for it, and no model is called. */
const TOO_SMALL_BUDGET = { budgetNanos: 1, clientToken: "token-of-this" };

const TABLE: Readonly<Record<string, Row>> = {
  "Query.getJob": byId("query", "getJob", "job"),
  "Query.listJobs": page("listJobs"),
  "Query.getTemplate": [
    ...byId("query", "getTemplate", "template"),
    ...byId("query", "getTemplate", "template", ", version: 1"),
    ...byId("query", "getTemplate", "template", ", version: 7"),
  ],
  "Query.listTemplates": page("listTemplates"),
  "Query.listSampleTemplates": page("listSampleTemplates"),
  "Query.searchTemplates": {
    list: "query ($text: String) { all: searchTemplates { items { id name } } found: searchTemplates(text: $text) { items { id } } }",
    variables: { text: "xylophone" },
  },
  "Query.listTemplateVersions": [
    {
      at: "id",
      resource: "template",
      document: "query ($id: ID!) { listTemplateVersions(id: $id) { items { name } } }",
    },
  ],
  "Query.checkTemplate": accessCases(
    "query ($source: String!, $id: ID) { checkTemplate(source: $source, id: $id) { problems { message from to } } }",
    {},
    { source: "library", id: "template" },
  ),
  "Query.renderTemplate": accessCases(
    input("query", "renderTemplate", "problems { message from to } seeds"),
    { input: { source: TEMPLATE } },
    { "input.source": "library", "input.templateId": "template", "input.seedSetId": "seedSet" },
  ),
  "Query.estimateJob": accessCases(
    input("query", "estimateJob", "estimate { likelyNanos }"),
    { input: { recordCount: 1 } },
    { "input.templateId": "template", "input.seedSetId": "seedSet" },
  ),
  "Query.getTestRun": byId("query", "getTestRun", "testRun"),
  "Query.listAdHocSpending": { list: "{ listAdHocSpending { items { day testRunsNanos } } }" },
  "Query.getSeedSet": byId("query", "getSeedSet", "seedSet"),
  "Query.listSeedSets": page("listSeedSets"),
  "Query.listSampleSeedSets": page("listSampleSeedSets"),
  "Query.listSeedItems": [
    {
      at: "seedSetId",
      resource: "seedSet",
      document: `query ($seedSetId: ID!) { listSeedItems(seedSetId: $seedSetId, collection: "movies") { items { json } } }`,
    },
  ],
  "Query.listModels": { list: "{ listModels { id } }" },
  "Query.getDownload": [
    {
      at: "jobId",
      resource: "job",
      document: `query ($jobId: ID!) { getDownload(jobId: $jobId, file: "dataset.jsonl") { url } }`,
    },
  ],
  "Query.getDatasetArchive": [
    {
      at: "jobId",
      resource: "job",
      document: "query ($jobId: ID!) { getDatasetArchive(jobId: $jobId) { state archiveClass } }",
    },
  ],

  "Mutation.createJob": accessCases(
    input("mutation", "createJob", "id"),
    { input: { name: "Theirs", recordCount: 1, formats: ["JSONL"], ...TOO_SMALL_BUDGET } },
    { "input.templateId": "template", "input.seedSetId": "seedSet" },
  ),
  "Mutation.cancelJob": byId("mutation", "cancelJob", "job"),
  "Mutation.pauseJob": byId("mutation", "pauseJob", "job"),
  "Mutation.resumeJob": byId("mutation", "resumeJob", "job"),
  "Mutation.raiseBudget": byId("mutation", "raiseBudget", "job", ", budgetNanos: 2000000000.0"),
  "Mutation.extendJob": byId("mutation", "extendJob", "job", ", recordCount: 5000"),
  "Mutation.retryFailed": byId("mutation", "retryFailed", "job"),
  "Mutation.setJobPriority": byId("mutation", "setJobPriority", "job", ", priority: HIGH"),
  "Mutation.takeSnapshot": byId("mutation", "takeSnapshot", "job"),
  "Mutation.deleteJob": byId("mutation", "deleteJob", "job"),
  "Mutation.restoreDataset": [
    { at: "jobId", resource: "job", document: "mutation ($jobId: ID!) { restoreDataset(jobId: $jobId) { state } }" },
  ],
  "Mutation.saveTemplate": accessCases(
    input("mutation", "saveTemplate", "version"),
    { input: { source: TEMPLATE } },
    { "input.id": "template", "input.source": "library" },
  ),
  "Mutation.restoreTemplate": byId("mutation", "restoreTemplate", "template", ", version: 1"),
  "Mutation.deleteTemplate": byId("mutation", "deleteTemplate", "template"),
  "Mutation.publishTemplate": byId("mutation", "publishTemplate", "template"),
  "Mutation.unpublishTemplate": byId("mutation", "unpublishTemplate", "template"),
  "Mutation.forkTemplate": [
    ...byId("mutation", "forkTemplate", "template"),
    ...byId("mutation", "forkTemplate", "template", ", version: 1"),
  ],
  "Mutation.startTestRun": accessCases(
    input("mutation", "startTestRun", "id"),
    { input: { source: TEMPLATE, recordCount: 1, ...TOO_SMALL_BUDGET } },
    { "input.source": "library", "input.templateId": "template", "input.seedSetId": "seedSet" },
  ),
  "Mutation.reportTestRun": closed("reportTestRun", `id: "x"`, "id"),
  "Mutation.generateSeeds": accessCases(
    input("mutation", "generateSeeds", "id"),
    { input: { name: "Theirs", itemCount: 1, ...TOO_SMALL_BUDGET } },
    { "input.source": "library", "input.templateId": "template" },
  ),
  "Mutation.createSeedSet": {
    list: `mutation { createSeedSet(input: { name: "Mine", files: [{ fileName: "a.csv", bytes: 1 }] }) { seedSet { owner } } }`,
  },
  "Mutation.confirmSeedSet": byId("mutation", "confirmSeedSet", "seedSet"),
  "Mutation.filterSeedSet": accessCases(
    `mutation ($seedSetId: ID!, $templateId: ID!) {
      filterSeedSet(name: "Theirs", seedSetId: $seedSetId, templateId: $templateId) { id } }`,
    {},
    { seedSetId: "seedSet", templateId: "template" },
  ),
  "Mutation.deleteSeedSet": byId("mutation", "deleteSeedSet", "seedSet"),
  "Mutation.reportProgress": closed("reportProgress", `jobId: "x"`, "jobId"),
  "Mutation.reportSeedSet": closed("reportSeedSet", `id: "x"`, "id"),

  "Subscription.onJobChanged": [
    { at: "jobId", resource: "job", document: "subscription ($jobId: ID) { onJobChanged(jobId: $jobId) { jobId } }" },
  ],
  "Subscription.onSeedSetChanged": { pushes: "subscription { onSeedSetChanged { id owner } }" },
  "Subscription.onTestRunChanged": [
    { at: "id", resource: "testRun", document: "subscription ($id: ID!) { onTestRunChanged(id: $id) { id } }" },
  ],
};

const MADE_UP: Resources = {
  template: "01JMADEVP0000000000000000A",
  library: "01JMADEVP0000000000000000B",
  seedSet: "01JMADEVP0000000000000000C",
  job: "01JMADEVP0000000000000000D",
  testRun: "01JMADEVP0000000000000000E",
};

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const ALL_CASES = Object.entries(TABLE).flatMap(([field, row]) =>
  Array.isArray(row)
    ? (row as readonly AccessCase[]).map((accessCase) => [field, accessCase.at, accessCase] as const)
    : [],
);
const LISTS = Object.entries(TABLE).flatMap(([field, row]) => ("list" in row ? [[field, row] as const] : []));
const CLOSED = Object.entries(TABLE).flatMap(([field, row]) => ("closed" in row ? [[field, row] as const] : []));

describe("the table", () => {
  const scalars = ["AWSDateTime", "AWSDate", "AWSURL", "AWSJSON"].map((name) => `scalar ${name}`).join(" ");
  const directives = `directive @aws_cognito_user_pools on FIELD_DEFINITION | OBJECT directive @aws_iam on FIELD_DEFINITION | OBJECT
    directive @aws_subscribe(mutations: [String!]!) on FIELD_DEFINITION ${scalars} `;
  const schema = buildSchema(directives + readFileSync(new URL("../../schema.graphql", import.meta.url), "utf8"));
  const roots = ["Query", "Mutation", "Subscription"].map((name) => schema.getType(name) as GraphQLObjectType);
  const fields = roots.flatMap((root) => Object.values(root.getFields()).map((field) => ({ root: root.name, field })));

  test("has a row for every operation of the schema", () => {
    expect(Object.keys(TABLE).sort()).toEqual(fields.map(({ root, field }) => `${root}.${field.name}`).sort());
  });

  test("has an access case for every argument that can name another user's resource", () => {
    const open = fields.flatMap(({ root, field }) => {
      const name = `${root}.${field.name}`;
      const row = TABLE[name] ?? [];
      if ("closed" in row) return [];
      const known = Array.isArray(row) ? (row as readonly AccessCase[]).map(({ at }) => at) : [];
      const naming = field.args.flatMap((arg) => namingPaths(arg.name, arg.type));
      return naming.filter((path) => !known.includes(path)).map((path) => `${name} takes ${path}`);
    });
    expect(open).toEqual([]);
  });
});

/** Ids, and sources, which name templates by including them. */
function namingPaths(path: string, type: GraphQLInputType): string[] {
  const named = getNamedType(type);
  if (isInputObjectType(named))
    return Object.values(named.getFields()).flatMap((field) => namingPaths(`${path}.${field.name}`, field.type));
  return named.name === "ID" || /(^|\.)source$/.test(path) ? [path] : [];
}

describe.each(["never published", "published and withdrawn"])("what is private, %s", (history) => {
  let anns: Resources;
  beforeAll(async () => {
    anns = await givenResources(history);
  });

  test.each(ALL_CASES)("%s by %s responds as if it did not exist, and changes nothing", async (_, __, accessCase) => {
    const before = await rowsOfAnn();
    const refused = await attempt("eve", accessCase, anns);
    expect(refused).toBe(await attempt("eve", accessCase, MADE_UP));
    expect(refused).toMatch(/NotFound: There is no |There is no file|which does not exist/);
    await world.settled();
    expect(await rowsOfAnn()).toEqual(before);
  });

  test.each(LISTS)("%s shows nothing of it", async (_, { list, variables }) => {
    const shown = JSON.stringify(await world.ask("eve", list, variables ?? {}));
    for (const trace of [...Object.values(anns), "Xylophone", '"ann"']) expect(shown).not.toContain(trace);
  });
});

test.each(ALL_CASES)(
  "%s by %s succeeds for its owner, so that the cases above prove something",
  async (_, __, accessCase) => {
    const anns = await givenResources("never published");
    expect(await attempt("ann", accessCase, anns)).not.toBe(await attempt("eve", accessCase, anns));
  },
);

test.each(CLOSED)("%s is closed to people", async (_, { closed: document }) => {
  expect(await world.refusal("eve", document)).toMatch(/^Unauthorized: /);
});

test("updates of a seed set reach only its owner", async () => {
  const { pushes } = TABLE["Subscription.onSeedSetChanged"] as Pushes;
  const eve = await world.watch("eve", pushes);
  for (const owner of ["ann", "eve"]) {
    const id = await givenSeeds(world, owner, `news-of-${owner}`);
    await world.report(
      `mutation ($id: ID!) { reportSeedSet(input: { id: $id }) {
      id owner name status statusReason isSample createdAt } }`,
      { id },
    );
  }
  expect((await eve.next()).onSeedSetChanged).toMatchObject({ owner: "eve" });
  eve.close();
});

let sets = 0;

/** One resource of each kind for ann: a template with a library, seeds, a job with a dataset, a test run. */
async function givenResources(history: string): Promise<Resources> {
  const act = (name: string, id: string) => world.ask("ann", `mutation ($id: ID!) { ${name}(id: $id) { id } }`, { id });
  const library = await givenTemplate(world, "ann", "name: Xylophone library\npartials: { secret: Xylophone. }\n");
  const template = await givenTemplate(
    world,
    "ann",
    including(library).replace("Film questions", "Xylophone questions\ntags: [xylophone]"),
  );
  if (history === "published and withdrawn") {
    for (const id of [library, template]) await act("publishTemplate", id);
    for (const id of [template, library]) await act("unpublishTemplate", id);
  }
  await world.ask("ann", "mutation ($input: SaveTemplateInput!) { saveTemplate(input: $input) { id } }", {
    input: { id: template, source: including(library).replace("Film", "Xylophone") },
  });
  const seedSet = await givenSeeds(world, "ann", `xylophones-${(sets += 1)}`);
  const job = await givenJob(world, "ann", { templateId: template, seedSetId: seedSet });
  const datasetFiles = [{ name: "dataset.jsonl", format: "JSONL", bytes: 1, rows: 1 }];
  await change(world, job.id, { datasetPrefix: `datasets/${job.id}/1/`, datasetFiles });
  return { template, library, seedSet, job: job.id, testRun: await givenTestRun() };
}

async function givenTestRun(): Promise<string> {
  const testRunId = `test-run-of-ann-${(sets += 1)}`;
  await world.put("Jobs", {
    pk: `TESTRUN#${testRunId}`,
    sk: "TESTRUN",
    testRunId,
    testRunOwner: "ann",
    status: "COMPLETED",
    recordCount: 1,
    budgetNanos: 1,
    reservedNanos: 0,
    spentNanos: 0,
    records: "[]",
    createdAt: "2026-01-01T00:00:00.000Z",
    expiresAt: 4_000_000_000,
  });
  return testRunId;
}

function including(library: string): string {
  return TEMPLATE.replace("Ask one", `<%~ include("${library}@1/secret") %> Ask one`);
}

/** The person's response without the id in question: data, or the first error. */
async function attempt(person: string, accessCase: AccessCase, resources: Resources): Promise<string> {
  const variables = variablesOf(person, accessCase, resources);
  const told = accessCase.document.startsWith("subscription")
    ? await subscribed(person, accessCase.document, variables)
    : await world.ask(person, accessCase.document, variables).then(JSON.stringify, (error: Error) => error.message);
  return Object.values(resources).reduce((text, id) => text.replaceAll(id, "ID"), told);
}

async function subscribed(person: string, document: string, variables: object): Promise<string> {
  const watch = await world.watch(person, document, variables);
  watch.close();
  return watch.error ?? "subscribed";
}

/** When an operation needs more than the resource in question, the rest is the person's own, so that it alone decides. */
function variablesOf(
  person: string,
  { at, resource, document, variables = {} }: AccessCase,
  resources: Resources,
): object {
  const copy = structuredClone(variables) as Record<string, any>;
  const room = at.startsWith("input.") ? copy.input : copy;
  const name = at.replace("input.", "");
  if (name === "source") room.source = including(resources[resource]);
  else room[name] = resources[resource];
  // Naming the template could reveal its copy of the library.
  const namesIt = name === (document.includes("checkTemplate") ? "id" : "templateId");
  const needsBoth = /createJob|estimateJob|filterSeedSet/.test(document);
  if (namesIt && !needsBoth) room.source = including(resources.library);
  if (needsBoth) {
    room.templateId ??= OWN[person]?.template;
    room.seedSetId ??= OWN[person]?.seedSet;
  }
  if (document.includes("startTestRun")) room.seedSetId ??= OWN[person]?.seedSet;
  return copy;
}

const OWN: Record<string, { template: string; seedSet: string }> = {};
beforeAll(async () => {
  for (const person of ["ann", "eve"])
    OWN[person] = {
      template: await givenTemplate(world, person),
      seedSet: await givenSeeds(world, person, `own-of-${person}`),
    };
});

async function rowsOfAnn(): Promise<unknown[]> {
  const rows = (
    await Promise.all((["Jobs", "Templates", "SeedSets"] as const).map((table) => world.all(table)))
  ).flat();
  const named = rows.filter((row) => JSON.stringify(row).includes('"ann"') || row.pk.startsWith("LISTING#"));
  return named.sort((a, b) => `${a.pk}${a.sk}`.localeCompare(`${b.pk}${b.sk}`));
}
