import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { adHocSpendingKey, testRunKey } from "../../core/keys.ts";
import { documentClient } from "../../resolvers/lambda/clients.ts";
import { MeteredRun, RunLost, type RunLocation } from "../../resolvers/lambda/meteredRun.ts";
import { interfere, type Interference } from "./interfere.ts";
import { startWorld, type World } from "./world.ts";

const place: RunLocation = {
  table: "Jobs",
  key: testRunKey("t"),
  open: "RUNNING",
  ownerField: "testRunOwner",
  spending: "testRunsNanos",
};

let world: World;
let interference: Interference;
beforeAll(async () => {
  world = await startWorld();
  interference = interfere(documentClient());
});
afterAll(() => world.stop());
beforeEach(() => world.empty());

async function newRow(changes: object = {}): Promise<void> {
  const money = { budgetNanos: 1_000, reservedNanos: 0, spentNanos: 0 };
  const leaseUntilMs = Date.now() + 60_000;
  await world.put("Jobs", { ...place.key, testRunOwner: "ann", status: "RUNNING", ...money, leaseUntilMs, ...changes });
}

async function begun(): Promise<MeteredRun> {
  const { run } = await MeteredRun.begin(place);
  if (!run) throw new Error("The run did not begin.");
  return run;
}

const row = () => world.row("Jobs", place.key);
const spentToday = async () =>
  (await world.row("Jobs", adHocSpendingKey("ann", new Date().toISOString().slice(0, 10)))).testRunsNanos;

test("a run has started even if the response to writing its start was lost", async () => {
  await newRow();
  interference.loseAnswerOf("UpdateItem");
  const run = await begun();
  expect(interference.lost).toBe(0);
  expect((await row()).runId).toBe(run.runId);
  await run.reserve(10);
  await run.settle(3, 3, {});
  await run.close({ status: "COMPLETED" });
  expect(await row()).toMatchObject({ status: "COMPLETED", spentNanos: 3, reservedNanos: 0 });
});

test("a run has ended even if the response to writing its end was lost", async () => {
  await newRow();
  const run = await begun();
  interference.loseAnswerOf("UpdateItem");
  await run.close({ status: "COMPLETED" });
  expect(interference.lost).toBe(0);
  expect(await row()).toMatchObject({ status: "COMPLETED", runId: run.runId });
});

test("a run that was closed elsewhere or deleted is lost at its end", async () => {
  await newRow();
  const run = await begun();
  await world.put("Jobs", { ...(await row()), status: "FAILED" });
  await expect(run.close({ status: "COMPLETED" })).rejects.toThrow(RunLost);
  await newRow();
  const other = await begun();
  await world.put("Jobs", { ...(await row()), runId: "another" });
  await expect(other.close({ status: "COMPLETED" })).rejects.toThrow(RunLost);
});

test("a run whose timeout has passed does not start; its row is returned as crashed", async () => {
  await newRow({ leaseUntilMs: Date.now() - 1 });
  const { run, crashed } = await MeteredRun.begin(place);
  expect(run).toBeUndefined();
  expect(crashed).toMatchObject({ status: "RUNNING", testRunOwner: "ann" });
  expect((await row()).runId).toBeUndefined();
});

test("what could not be settled counts as spent when the run ends, for the run and for the day", async () => {
  await newRow();
  const run = await begun();
  await run.reserve(40);
  await run.settle(30, 30, {});
  await run.reserve(50);
  interference.refuse("TransactWriteItems", 1, () => new Error("The table is gone for a moment."));
  await expect(run.settle(35, 5, {})).rejects.toThrow("gone for a moment");
  await run.close({ status: "FAILED" });
  expect(await row()).toMatchObject({ status: "FAILED", spentNanos: 80, reservedNanos: 0 });
  expect(await spentToday()).toBe(80);
});

test.each(["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"])(
  "a transaction canceled by %s is retried",
  async (Code) => {
    await newRow();
    const run = await begun();
    interference.refuse("TransactWriteItems", 3, () => cancelled(Code));
    await run.reserve(40);
    expect(await row()).toMatchObject({ reservedNanos: 40 });
    expect(await spentToday()).toBe(40);
    run.stopHeartbeat();
  },
);

test("a transaction canceled for another reason fails immediately", async () => {
  await newRow();
  const run = await begun();
  interference.refuse("TransactWriteItems", 1, () => cancelled("ValidationError"));
  await expect(run.reserve(40)).rejects.toThrow(TransactionCanceledException);
  run.stopHeartbeat();
});

function cancelled(Code: string): Error {
  const CancellationReasons = [{ Code: "None" }, { Code }];
  return new TransactionCanceledException({ message: "cancelled", $metadata: {}, CancellationReasons });
}
