/**
 * A second person and everything private of the first: by no operation can they read it, change it, use it, or tell it from
 * what does not exist. A new operation, or a new argument that takes an id or a source, needs a row here.
 */
import { buildSchema, isInputObjectType, getNamedType, type GraphQLObjectType, type GraphQLInputType } from "graphql";
import { readFileSync } from "node:fs";
import { change, givenJob, givenTemplate, TEMPLATE } from "./given.ts";
import { givenSeeds } from "./given-seeds.ts";
import { startWorld, type World } from "./world.ts";

interface Door {
  /** The argument that names somebody else's thing: `input.templateId`. In a source it is named by an include. */
  readonly at: string;
  readonly thing: keyof Things;
  readonly document: string;
  readonly variables?: object;
}

/** A list of mine, which must hold nothing of theirs. */
interface List {
  readonly list: string;
  readonly variables?: object;
}

/** Only functions and workers get in. */
interface Closed {
  readonly closed: string;
}

/** Pushes what is mine; a test of its own shows that it pushes nothing else. */
interface Pushes {
  readonly pushes: string;
}

type Row = readonly Door[] | List | Closed | Pushes;

interface Things {
  /** Includes the library, so holds a copy of its text. */
  readonly template: string;
  readonly library: string;
  readonly seedSet: string;
  readonly job: string;
  readonly try: string;
}

const byId = (type: "query" | "mutation", field: string, thing: keyof Things, more = ""): readonly Door[] => [
  { at: "id", thing, document: `${type} ($id: ID!) { ${field}(id: $id${more}) { id } }` },
];
const input = (type: string, field: string, selection: string) => {
  const inputType = `${field.slice(0, 1).toUpperCase()}${field.slice(1)}Input`;
  return `${type} ($input: ${inputType}!) { ${field}(input: $input) { ${selection} } }`;
};
const doors = (document: string, variables: object, things: Record<string, keyof Things>): readonly Door[] =>
  Object.entries(things).map(([at, thing]) => ({ at, thing, document, variables }));
const page = (field: string) => ({ list: `{ ${field} { items { id name } } }` });
const closed = (field: string, fields: string, selection: string) => ({
  closed: `mutation { ${field}(input: { ${fields} }) { ${selection} } }`,
});

/** The first record could cost more: what is in order with all else is refused for this, and no model is called. */
const TOO_LITTLE = { budgetNanos: 1, clientToken: "token-of-this" };

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
    { at: "id", thing: "template", document: "query ($id: ID!) { listTemplateVersions(id: $id) { items { name } } }" },
  ],
  "Query.checkTemplate": doors(
    "query ($source: String!, $id: ID) { checkTemplate(source: $source, id: $id) { faults { message from to } } }",
    {},
    { source: "library", id: "template" },
  ),
  "Query.renderTemplate": doors(
    input("query", "renderTemplate", "faults { message from to } seeds"),
    { input: { source: TEMPLATE } },
    { "input.source": "library", "input.templateId": "template", "input.seedSetId": "seedSet" },
  ),
  "Query.estimateJob": doors(
    input("query", "estimateJob", "estimate { likelyNanos }"),
    { input: { recordCount: 1 } },
    { "input.templateId": "template", "input.seedSetId": "seedSet" },
  ),
  "Query.getTestRun": byId("query", "getTestRun", "try"),
  "Query.listAdHocSpending": { list: "{ listAdHocSpending { items { day testRunsNanos } } }" },
  "Query.getSeedSet": byId("query", "getSeedSet", "seedSet"),
  "Query.listSeedSets": page("listSeedSets"),
  "Query.listSampleSeedSets": page("listSampleSeedSets"),
  "Query.listSeedItems": [
    {
      at: "seedSetId",
      thing: "seedSet",
      document: `query ($seedSetId: ID!) { listSeedItems(seedSetId: $seedSetId, collection: "movies") { items { json } } }`,
    },
  ],
  "Query.listModels": { list: "{ listModels { id } }" },
  "Query.getDownload": [
    {
      at: "jobId",
      thing: "job",
      document: `query ($jobId: ID!) { getDownload(jobId: $jobId, file: "dataset.jsonl") { url } }`,
    },
  ],
  "Query.getDatasetArchive": [
    {
      at: "jobId",
      thing: "job",
      document: "query ($jobId: ID!) { getDatasetArchive(jobId: $jobId) { state archiveClass } }",
    },
  ],

  "Mutation.createJob": doors(
    input("mutation", "createJob", "id"),
    { input: { name: "Theirs", recordCount: 1, formats: ["JSONL"], ...TOO_LITTLE } },
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
    { at: "jobId", thing: "job", document: "mutation ($jobId: ID!) { restoreDataset(jobId: $jobId) { state } }" },
  ],
  "Mutation.saveTemplate": doors(
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
  "Mutation.startTestRun": doors(
    input("mutation", "startTestRun", "id"),
    { input: { source: TEMPLATE, recordCount: 1, ...TOO_LITTLE } },
    { "input.source": "library", "input.templateId": "template", "input.seedSetId": "seedSet" },
  ),
  "Mutation.reportTestRun": closed("reportTestRun", `id: "x"`, "id"),
  "Mutation.generateSeeds": doors(
    input("mutation", "generateSeeds", "id"),
    { input: { name: "Theirs", itemCount: 1, ...TOO_LITTLE } },
    { "input.source": "library", "input.templateId": "template" },
  ),
  "Mutation.createSeedSet": {
    list: `mutation { createSeedSet(input: { name: "Mine", files: [{ fileName: "a.csv", bytes: 1 }] }) { seedSet { owner } } }`,
  },
  "Mutation.confirmSeedSet": byId("mutation", "confirmSeedSet", "seedSet"),
  "Mutation.deleteSeedSet": byId("mutation", "deleteSeedSet", "seedSet"),
  "Mutation.reportProgress": closed("reportProgress", `jobId: "x"`, "jobId"),
  "Mutation.reportSeedSet": closed("reportSeedSet", `id: "x"`, "id"),

  "Subscription.onJobChanged": [
    { at: "jobId", thing: "job", document: "subscription ($jobId: ID) { onJobChanged(jobId: $jobId) { jobId } }" },
  ],
  "Subscription.onSeedSetChanged": { pushes: "subscription { onSeedSetChanged { id owner } }" },
  "Subscription.onTestRunChanged": [
    { at: "id", thing: "try", document: "subscription ($id: ID!) { onTestRunChanged(id: $id) { id } }" },
  ],
};

const MADE_UP: Things = {
  template: "01JMADEVP0000000000000000A",
  library: "01JMADEVP0000000000000000B",
  seedSet: "01JMADEVP0000000000000000C",
  job: "01JMADEVP0000000000000000D",
  try: "01JMADEVP0000000000000000E",
};

let world: World;
beforeAll(async () => {
  world = await startWorld();
});
afterAll(() => world.stop());

const ALL_DOORS = Object.entries(TABLE).flatMap(([field, row]) =>
  Array.isArray(row) ? (row as readonly Door[]).map((door) => [field, door.at, door] as const) : [],
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

  test("has a door for every argument that can name something of somebody else's", () => {
    const open = fields.flatMap(({ root, field }) => {
      const name = `${root}.${field.name}`;
      const row = TABLE[name] ?? [];
      if ("closed" in row) return [];
      const known = Array.isArray(row) ? (row as readonly Door[]).map(({ at }) => at) : [];
      const naming = field.args.flatMap((arg) => namingPaths(arg.name, arg.type));
      return naming.filter((path) => !known.includes(path)).map((path) => `${name} takes ${path}`);
    });
    expect(open).toEqual([]);
  });
});

/** Ids, and sources, which can name by including. */
function namingPaths(path: string, type: GraphQLInputType): string[] {
  const named = getNamedType(type);
  if (isInputObjectType(named))
    return Object.values(named.getFields()).flatMap((field) => namingPaths(`${path}.${field.name}`, field.type));
  return named.name === "ID" || /(^|\.)source$/.test(path) ? [path] : [];
}

describe.each(["never published", "published and withdrawn"])("what is private, %s", (history) => {
  let anns: Things;
  beforeAll(async () => {
    anns = await givenThings(history);
  });

  test.each(ALL_DOORS)("%s by %s answers like for what does not exist, and changes nothing", async (_, __, door) => {
    const before = await rowsOfAnn();
    const refused = await knock("eve", door, anns);
    expect(refused).toBe(await knock("eve", door, MADE_UP));
    expect(refused).toMatch(/NotFound: There is no |There is no file|which is not there/);
    await world.settled();
    expect(await rowsOfAnn()).toEqual(before);
  });

  test.each(LISTS)("%s shows nothing of it", async (_, { list, variables }) => {
    const shown = JSON.stringify(await world.ask("eve", list, variables ?? {}));
    for (const trace of [...Object.values(anns), "Xylophone", '"ann"']) expect(shown).not.toContain(trace);
  });
});

test.each(ALL_DOORS)("%s by %s opens for its owner, so that the rows above say something", async (_, __, door) => {
  const anns = await givenThings("never published");
  expect(await knock("ann", door, anns)).not.toBe(await knock("eve", door, anns));
});

test.each(CLOSED)("%s is closed to people", async (_, { closed: document }) => {
  expect(await world.refusal("eve", document)).toMatch(/^Unauthorized: /);
});

test("news of a seed set reach its owner alone", async () => {
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

/** One of each of ann's: a template with a library, seeds, a job with a dataset, a try. */
async function givenThings(history: string): Promise<Things> {
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
  const datasets = [{ name: "dataset.jsonl", format: "JSONL", bytes: 1, rows: 1 }];
  await change(world, job.id, { datasetPrefix: `datasets/${job.id}/1/`, datasets });
  return { template, library, seedSet, job: job.id, try: await givenTestRun() };
}

async function givenTestRun(): Promise<string> {
  const testRunId = `try-of-ann-${(sets += 1)}`;
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

/** What the person is told, with the id that was named left out: data, or the first error. */
async function knock(person: string, door: Door, things: Things): Promise<string> {
  const variables = variablesOf(person, door, things);
  const told = door.document.startsWith("subscription")
    ? await subscribed(person, door.document, variables)
    : await world.ask(person, door.document, variables).then(JSON.stringify, (error: Error) => error.message);
  return Object.values(things).reduce((text, id) => text.replaceAll(id, "ID"), told);
}

async function subscribed(person: string, document: string, variables: object): Promise<string> {
  const watch = await world.watch(person, document, variables);
  watch.close();
  return watch.error ?? "subscribed";
}

/** Where a door needs more than the one thing, the rest is the person's own, so that the one thing decides. */
function variablesOf(person: string, { at, thing, document, variables = {} }: Door, things: Things): object {
  const copy = structuredClone(variables) as Record<string, any>;
  const room = at.startsWith("input.") ? copy.input : copy;
  const name = at.replace("input.", "");
  if (name === "source") room.source = including(things[thing]);
  else room[name] = things[thing];
  // The copy that the template keeps of a library is what naming the template could open.
  const namesIt = name === (document.includes("checkTemplate") ? "id" : "templateId");
  const ofJob = document.includes("createJob") || document.includes("estimateJob");
  if (namesIt && !ofJob) room.source = including(things.library);
  if (ofJob) {
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
