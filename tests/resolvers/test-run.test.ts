import { testRunKey } from "../../core/keys.ts";
import { FILMS, givenSeeds } from "./given-seeds.ts";
import { SampleModels, sumOf } from "./sample-models.ts";
import { startWorld, type World } from "./world.ts";

const TRY = `id owner status statusReason recordCount budgetNanos spentNanos createdAt finishedAt
  records { recordNo columns failure rejection seeds costNanos
    calls { stepId round reason modelId system turns { role text } answer error inputTokens outputTokens costNanos latencyMs } }`;
const START = `mutation ($input: StartTestRunInput!) { startTestRun(input: $input) { ${TRY} } }`;
const GET = `query ($id: ID!) { getTestRun(id: $id) { ${TRY} } }`;
const CHANGED = `subscription ($id: ID!) { onTestRunChanged(id: $id) { ${TRY} } }`;
const SPENDING = `query ($limit: Int, $nextToken: String) { listAdHocSpending(limit: $limit, nextToken: $nextToken) {
  items { day testRunsNanos generatedSeedsNanos } nextToken } }`;

const FILM = `name: Films
parameters: { audience: { default: general } }
pick: { movie: movies }
steps:
  - id: question
    tier: economy
    system: You ask <%= it.audience %> people.
    prompt: Ask one question about <%= it.movie.Title %>.
    maxTokens: 100
    maxPromptBytes: 1000
  - id: facts
    tier: balanced
    prompt: Facts for <%= it.steps.question.output %>
    maxTokens: 200
    maxPromptBytes: 2000
    output: { type: json, schema: { type: object, properties: { year: { type: integer }, note: { type: string } }, required: [year, note], additionalProperties: false } }
record: { film: it.movie.Title, question: it.steps.question.output, year: it.steps.facts.output.year }
`;

const models = new SampleModels();
let world: World;
beforeAll(async () => {
  world = await startWorld();
  await models.start();
  await givenSeeds(world, "ann", "films");
});
afterAll(async () => {
  await world.stop();
  await models.stop();
});
beforeEach(() => models.set({}));

let tokens = 0;

function inputFor(changes: object = {}): Record<string, unknown> {
  tokens += 1;
  return {
    source: FILM,
    seedSetId: "films",
    recordCount: 3,
    budgetNanos: 100_000_000,
    clientToken: `test-run-token-${tokens}`,
    ...changes,
  };
}

async function started(changes: object = {}, person = "ann"): Promise<any> {
  return (await world.ask(person, START, { input: inputFor(changes) })).startTestRun;
}

async function tried(changes: object = {}): Promise<any> {
  const { id } = await started(changes);
  await world.settled();
  return (await world.ask("ann", GET, { id })).getTestRun;
}

test("shows the columns of each row where a record has several", async () => {
  const source = FILM.replace("record: {", 'rows: "[1, 2]"\nrecord: { no: it.row,');
  const { records } = await tried({ source, recordCount: 1 });
  expect(JSON.parse(records[0].columns)).toEqual([
    expect.objectContaining({ no: 1, film: expect.any(String) }),
    expect.objectContaining({ no: 2, film: expect.any(String) }),
  ]);
});

const refusal = (changes: object, person = "ann") => world.refusal(person, START, { input: inputFor(changes) });

async function spentByAnn(): Promise<number> {
  const { items } = (await world.ask("ann", SPENDING)).listAdHocSpending;
  return items.reduce((sum: number, { testRunsNanos }: any) => sum + testRunsNanos, 0);
}

test("generates records with real calls and shows each with prompt, answer, tokens, cost and latency", async () => {
  models.newCalls();
  const { id, status, records } = await started({ parameters: JSON.stringify({ audience: "young" }) });
  expect({ status, records }).toEqual({ status: "RUNNING", records: [] });
  await world.settled();
  const { getTestRun } = await world.ask("ann", GET, { id });
  expect(getTestRun).toMatchObject({ id, owner: "ann", status: "COMPLETED", statusReason: null, recordCount: 3 });
  expect(getTestRun.records.map(({ recordNo, failure }: any) => [recordNo, failure])).toEqual([
    [0, null],
    [1, null],
    [2, null],
  ]);
  const films = getTestRun.records.map(({ columns }: any) => JSON.parse(columns).film);
  expect(films.sort()).toEqual(FILMS.map(({ Title }) => Title).sort());
  const [first] = getTestRun.records;
  const { movie } = JSON.parse(first.seeds);
  expect(FILMS).toContainEqual(movie);
  const [question, facts] = first.calls;
  expect(question).toMatchObject({
    stepId: "question",
    round: 0,
    reason: "first",
    modelId: "amazon.nova-micro-v1:0",
    system: "You ask young people.",
    turns: [{ role: "user", text: `Ask one question about ${movie.Title}.` }],
    error: null,
  });
  expect(facts.turns).toEqual([{ role: "user", text: `Facts for ${question.answer}` }]);
  expect(JSON.parse(first.columns)).toEqual({
    film: movie.Title,
    question: question.answer,
    year: JSON.parse(facts.answer).year,
  });
  const calls = getTestRun.records.flatMap(({ calls }: any) => calls);
  expect(calls).toHaveLength(6);
  expect(getTestRun.spentNanos).toBe(sumOf(models.newCalls()));
  expect(calls.reduce((sum: number, { costNanos }: any) => sum + costNanos, 0)).toBe(getTestRun.spentNanos);
});

test("its owner is notified of every record, and nobody else can watch", async () => {
  const first = await started();
  const watch = await world.watch("ann", CHANGED, { id: first.id });
  const stranger = await world.watch("bob", CHANGED, { id: first.id });
  const unknown = await world.watch("bob", CHANGED, { id: "01AAAAAAAAAAAAAAAAAAAAAAAA" });
  expect(stranger.error).toBe("NotFound: There is no test run with that id.");
  expect(unknown.error).toBe(stranger.error);
  await world.settled();
  await world.report(`mutation ($id: ID!) { reportTestRun(input: { id: $id }) { ${TRY} } }`, { id: first.id });
  for (;;) {
    const { onTestRunChanged } = await watch.next();
    if (onTestRunChanged.status === "COMPLETED") {
      expect(onTestRunChanged.records).toHaveLength(3);
      break;
    }
  }
  expect(stranger.heard).toEqual([]);
  for (const each of [watch, stranger, unknown]) each.close();
});

test.each([
  ["throttles", { throttleRate: 0.4 }],
  ["server errors", { errorRate: 0.3 }],
  ["JSON that does not fit", { badJsonRate: 0.6 }],
  ["answers cut off", { truncateRate: 0.5 }],
  ["all of it", { throttleRate: 0.2, errorRate: 0.1, badJsonRate: 0.4, truncateRate: 0.2, refusalRate: 0.2 }],
])(
  "with %s what the models were paid is what was spent, to the nano-dollar",
  async (_, settings) => {
    models.newCalls();
    models.set(settings);
    const before = await spentByAnn();
    const { status, spentNanos, records } = await tried({ recordCount: 8 });
    expect(status).toBe("COMPLETED");
    expect(records).toHaveLength(8);
    const paid = sumOf(models.newCalls());
    expect(spentNanos).toBe(paid);
    expect((await spentByAnn()) - before).toBe(paid);
    expect(records.reduce((sum: number, { costNanos }: any) => sum + costNanos, 0)).toBe(paid);
  },
  60_000,
);

test("a repair shows the model its error, and an unusable record says why", async () => {
  models.set({ badJsonRate: 1 });
  const { records } = await tried({ recordCount: 5 });
  const calls = records.flatMap(({ calls }: any) => calls).filter(({ stepId }: any) => stepId === "facts");
  const [first, repair] = calls;
  expect(first).toMatchObject({ reason: "first", error: expect.any(String) });
  expect(repair.reason).toBe("repair");
  expect(repair.turns.map(({ role }: any) => role)).toEqual(["user", "assistant", "user"]);
  for (const { failure, columns } of records) expect(failure === null).toBe(columns !== null);
});

test("a rejected record is shown with its condition, and is not regenerated", async () => {
  models.newCalls();
  const source = `${FILM}accept: { recent: it.record.year > it.movie.Year + 1e9 }\n`;
  const { status, records } = await tried({ source, recordCount: 2 });
  expect(status).toBe("COMPLETED");
  expect(models.newCalls()).toHaveLength(4);
  for (const { columns, failure, rejection } of records) {
    expect({ failure, rejection }).toEqual({ failure: null, rejection: 'Rejected by "recent".' });
    expect(Object.keys(JSON.parse(columns))).toEqual(["film", "question", "year"]);
  }
  const accepted = await tried({ source: `${FILM}accept: it.record.film.length > 0\n`, recordCount: 1 });
  expect(accepted.records[0]).toMatchObject({ rejection: null, failure: null });
});

test("it stops before a record that could exceed its budget, with a message", async () => {
  models.newCalls();
  const { spentNanos: one } = await tried({ recordCount: 1 });
  const bound = /one record can cost \((\$[\d.]+)/.exec(await refusal({ budgetNanos: 1 }))?.[1];
  expect(bound).toBeDefined();
  const boundNanos = Math.ceil(Number(bound?.slice(1)) * 1e9 * 1.05);
  models.newCalls();
  const { status, statusReason, records, spentNanos } = await tried({ recordCount: 10, budgetNanos: boundNanos + one });
  expect(status).toBe("COMPLETED");
  expect(records.length).toBeGreaterThan(0);
  expect(records.length).toBeLessThan(10);
  expect(statusReason).toBe(
    `The rest of the budget (${/budget \((\$[\d.]+)\)/.exec(statusReason)?.[1]}) is less than another record can cost (${bound}); ${records.length} of 10 records were generated.`,
  );
  expect(spentNanos).toBeLessThanOrEqual(boundNanos + one);
  expect(spentNanos).toBe(sumOf(models.newCalls()));
});

test("the same token starts one test run, and is rejected with different input", async () => {
  models.newCalls();
  const input = inputFor({ recordCount: 1 });
  const both = await Promise.all([1, 2].map(() => world.ask("ann", START, { input }).catch((error) => error)));
  await world.settled();
  const again = (await world.ask("ann", START, { input })).startTestRun;
  await world.settled();
  for (const one of both) if (!(one instanceof Error)) expect(one.startTestRun.id).toBe(again.id);
  expect(again).toMatchObject({ status: "COMPLETED", records: [{ recordNo: 0 }] });
  expect(models.newCalls()).toHaveLength(2);
  expect(await world.refusal("ann", START, { input: { ...input, recordCount: 2 } })).toBe(
    "Conflict: This client token was used with different input; use a new token for each new request.",
  );
  expect(await world.refusal("ann", START, { input: { ...input, templateId: "another" } })).toMatch(/^Conflict: /);
  const { id } = (
    await world.ask("ann", START, { input: { ...inputFor(), clientToken: input.clientToken, recordCount: 1 } })
  ).startTestRun;
  expect(id).toBe(again.id);
});

test("an event that arrives twice, or again after the end, costs nothing", async () => {
  const { id } = await tried({ recordCount: 2 });
  models.newCalls();
  await world.run("executeTestRun", { testRunId: id });
  expect(models.newCalls()).toEqual([]);
  expect((await world.ask("ann", GET, { id })).getTestRun.records).toHaveLength(2);
});

test("what a function reserved before it crashed counts as spent, and its test run has failed with a message", async () => {
  const { id } = await tried({ recordCount: 1 });
  const row = await world.row("Jobs", testRunKey(id));
  const dead = { ...row, status: "RUNNING", runId: "other", reservedNanos: 777, leaseUntilMs: Date.now() - 1 };
  delete dead.finishedAt;
  await world.put("Jobs", dead);
  const sentence = "The run stopped unexpectedly; the maximum cost of its calls in flight counts as spent.";
  const expected = { status: "FAILED", statusReason: sentence, spentNanos: row.spentNanos + 777 };
  expect((await world.ask("ann", GET, { id })).getTestRun).toMatchObject(expected);
  // Lambda retries the event of a function that crashed.
  models.newCalls();
  await world.run("executeTestRun", { testRunId: id });
  expect(models.newCalls()).toEqual([]);
  expect(await world.row("Jobs", testRunKey(id))).toMatchObject({ ...expected, reservedNanos: 0 });
  expect((await world.ask("ann", GET, { id })).getTestRun).toMatchObject(expected);
});

test("a test run that another function executes is left alone", async () => {
  const { id } = await tried({ recordCount: 1 });
  const row = await world.row("Jobs", testRunKey(id));
  await world.put("Jobs", { ...row, status: "RUNNING", runId: "other", leaseUntilMs: Date.now() + 60_000 });
  models.newCalls();
  await world.run("executeTestRun", { testRunId: id });
  expect(models.newCalls()).toEqual([]);
  expect((await world.row("Jobs", testRunKey(id))).status).toBe("RUNNING");
});

test("while a record is being generated, its maximum cost counts as spent by its owner", async () => {
  const before = await spentByAnn();
  models.set({ latencyMs: 300 });
  const { id } = await started({ recordCount: 1 });
  let row = await world.row("Jobs", testRunKey(id));
  while (row.reservedNanos === 0 && row.status === "RUNNING") row = await world.row("Jobs", testRunKey(id));
  expect(row.reservedNanos).toBeGreaterThan(0);
  expect((await spentByAnn()) - before).toBe(row.reservedNanos);
  await world.settled();
  const { spentNanos } = (await world.ask("ann", GET, { id })).getTestRun;
  expect((await spentByAnn()) - before).toBe(spentNanos);
});

test("a test run too large for a message is truncated and marked", async () => {
  await givenSeeds(world, "ann", "long", { movies: [{ Title: "x".repeat(30_000), Year: 1 }] });
  const source = FILM.replace("maxPromptBytes: 1000", "maxPromptBytes: 100000");
  const { id, status } = await tried({ source, seedSetId: "long", recordCount: 10, budgetNanos: 1_000_000_000 });
  expect(status).toBe("COMPLETED");
  const { records } = await world.row("Jobs", testRunKey(id));
  expect(Buffer.byteLength(records)).toBeLessThanOrEqual(160_000);
  expect(JSON.parse(records)[0].calls[0].turns[0].text).toMatch(/x … \([\d,]+ more characters\)$/);
});

test("seeds deleted in the meantime end the test run with a message, and nothing is spent", async () => {
  await givenSeeds(world, "ann", "gone");
  const { id } = await started({ seedSetId: "gone" });
  await world.settled();
  const row = await world.row("Jobs", testRunKey(id));
  const { runId: _, ...fresh } = row;
  await world.put("Jobs", { ...fresh, status: "RUNNING", spentNanos: 0, records: "[]" });
  const input = await world.row("Jobs", { pk: `TESTRUN#${id}`, sk: "INPUT" });
  await world.put("Jobs", { ...input, seedSetId: "never-there" });
  models.newCalls();
  await world.run("executeTestRun", { testRunId: id });
  expect(models.newCalls()).toEqual([]);
  expect((await world.ask("ann", GET, { id })).getTestRun).toMatchObject({
    status: "FAILED",
    statusReason: expect.stringMatching(/seed set was deleted/),
    spentNanos: 0,
  });
});

test("invalid input is rejected with a message, and nothing is started", async () => {
  const before = (await world.all("Jobs")).length;
  expect(await refusal({ recordCount: 11 })).toBe(
    "BadInput: A test run generates 1 to 10 records, not 11; start a job for more.",
  );
  expect(await refusal({ budgetNanos: 5_000_000_001 })).toMatch(/^BadInput: The budget must be a whole number/);
  expect(await refusal({ budgetNanos: 10 })).toMatch(/^BadInput: The budget of .* is less than one record can cost/);
  expect(await refusal({ source: FILM.replace("Title", "Title[") })).toMatch(/^BadInput: /);
  expect(await refusal({ source: "name: L\npartials: { a: b }" })).toMatch(
    /^BadInput: The template "L" is a library without steps/,
  );
  expect(await refusal({ source: FILM.replace("it.movie.Title %>", "it.movie.Director %>") })).toMatch(
    /^BadInput: .*Director/,
  );
  expect(await refusal({ clientToken: "short" })).toBe(
    "BadInput: The client token must have 8 to 64 characters, but it has 5.",
  );
  expect(await refusal({}, "bob")).toBe("NotFound: There is no seed set with that id.");
  expect(await refusal({ seedSetId: "nothing" }, "bob")).toBe("NotFound: There is no seed set with that id.");
  expect((await world.all("Jobs")).length).toBe(before);
});

test("someone else's test run responds like a nonexistent one", async () => {
  const { id } = await tried({ recordCount: 1 });
  expect(await world.refusal("bob", GET, { id })).toBe("NotFound: There is no test run with that id.");
  expect(await world.refusal("bob", GET, { id: "01AAAAAAAAAAAAAAAAAAAAAAAA" })).toBe(
    "NotFound: There is no test run with that id.",
  );
});

test("spending is listed by day, newest first, for each person separately", async () => {
  const days = ["2026-01-01", "2026-01-03", "2026-01-02"];
  for (const [n, day] of days.entries())
    await world.put("Jobs", { pk: "SPENDING#cid", sk: `DAY#${day}`, testRunsNanos: n, generatedSeedsNanos: 10 * n });
  const first = (await world.ask("cid", SPENDING, { limit: 2 })).listAdHocSpending;
  expect(first.items).toEqual([
    { day: "2026-01-03", testRunsNanos: 1, generatedSeedsNanos: 10 },
    { day: "2026-01-02", testRunsNanos: 2, generatedSeedsNanos: 20 },
  ]);
  const rest = (await world.ask("cid", SPENDING, { limit: 2, nextToken: first.nextToken })).listAdHocSpending;
  expect(rest).toEqual({ items: [{ day: "2026-01-01", testRunsNanos: 0, generatedSeedsNanos: 0 }], nextToken: null });
  expect((await world.ask("dora", SPENDING)).listAdHocSpending.items).toEqual([]);
});
