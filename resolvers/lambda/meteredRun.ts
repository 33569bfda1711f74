/**
 * A run of a function that spends money beside jobs. Its row says what is spent and what calls in flight may cost; the same
 * transaction adds it to the owner's spending of the day. So whatever becomes of the function, nothing that it may have paid
 * is missing: what is reserved when it dies stays counted.
 */
import { randomUUID } from "node:crypto";
import { setTimeout as wait } from "node:timers/promises";
import { ConditionalCheckFailedException, TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { TransactWriteCommand, UpdateCommand, type TransactWriteCommandInput } from "@aws-sdk/lib-dynamodb";
import { unmarshall } from "@aws-sdk/util-dynamodb";
import { ENVIRONMENT } from "../../core/environment.ts";
import type { Nanos } from "../../core/money/money.ts";
import { adHocSpendingKey } from "../../core/keys.ts";
import type { AdHocRunRow, AdHocSpendingRow } from "../../core/money/ad-hoc-rows.ts";
import { documentClient, setting } from "./clients.ts";

/** Lambda repeats a failed event after a minute, if it is not too old: by then the run that failed is known to be dead. */
const ALIVE_MS = 50_000;
const SIGN_OF_LIFE_MS = 15_000;
/** The day's row is shared by all runs of an owner. */
const MAX_REFUSALS = 20;
/** Cancellations that pass: other transactions, or a table that cannot keep up. */
const PASSING = ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"];

/** Where a run's row stands, and what of it differs from one kind of run to another. */
export interface RunPlace {
  readonly table: string;
  readonly key: { readonly pk: string; readonly sk: string };
  /** The status of a run that is not over. */
  readonly open: string;
  readonly ownerField: string;
  readonly spending: keyof Pick<AdHocSpendingRow, "testRunsNanos" | "generatedSeedsNanos">;
}

type Row = AdHocRunRow & Readonly<Record<string, any>>;

/** Another function works at the run, or it is over. */
export class RunLost extends Error {
  override readonly name = "RunLost";
}

export class MeteredRun {
  readonly #signs: NodeJS.Timeout;
  readonly #lost = new AbortController();
  #turn: Promise<unknown> = Promise.resolve();
  #reserved: Nanos = 0;
  /** The day the reservation was noted under, so that it is settled there too. */
  #day = today();

  private constructor(
    readonly place: RunPlace,
    readonly runId: string,
    readonly row: Row,
  ) {
    this.#signs = setInterval(() => void this.#show(), SIGN_OF_LIFE_MS).unref();
  }

  /**
   * Takes the run on. A run is taken on once, and only while it is waited for: who comes again, because an event was delivered
   * twice or repeated, or too late, gets nothing but the row of a run that died.
   */
  static async begin(place: RunPlace): Promise<{ run?: MeteredRun; died?: Row }> {
    const runId = randomUUID();
    const now = Date.now();
    const { row, refusedBy } = await update(place, {
      set: { runId, aliveUntilMs: now + ALIVE_MS },
      condition: "attribute_not_exists(runId) AND aliveUntilMs > :now",
      values: { ":now": now },
    });
    if (row) return { run: new MeteredRun(place, runId, row) };
    if (refusedBy?.status !== place.open) return {};
    if (refusedBy.runId === runId) return { run: new MeteredRun(place, runId, refusedBy) };
    return refusedBy.aliveUntilMs <= now ? { died: refusedBy } : {};
  }

  /** Aborted when another hand has closed the run: no call may begin or go on. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Sets money aside before it is spent. @throws RunLost */
  reserve(nanos: Nanos): Promise<void> {
    return this.#inTurn(async () => {
      this.#day = today();
      await this.#write(nanos, { reservedNanos: nanos });
      this.#reserved = nanos;
    });
  }

  /** Notes what of the reserved money was spent, and what came of it. @throws RunLost */
  settle(spentNanos: Nanos, costNanos: Nanos, changes: Readonly<Record<string, unknown>>): Promise<void> {
    return this.#inTurn(async () => {
      await this.#write(costNanos - this.#reserved, { ...changes, spentNanos, reservedNanos: 0 });
      this.#reserved = 0;
    });
  }

  /** The end: nothing is reserved any more, and what could not be settled counts as spent. @throws RunLost */
  async close(changes: Readonly<Record<string, unknown>> & { readonly status: string }): Promise<void> {
    clearInterval(this.#signs);
    await this.#inTurn(async () => {
      const { row, refusedBy } = await update(this.place, {
        set: changes,
        isEnd: true,
        condition: "runId = :mine",
        runId: this.runId,
      });
      const isDone = row !== undefined || (refusedBy?.runId === this.runId && refusedBy.status === changes.status);
      if (!isDone) this.#lose();
    });
  }

  /** Ends the signs of life; for the end of whoever could not close. */
  letGo(): void {
    clearInterval(this.#signs);
  }

  async #show(): Promise<void> {
    await this.#inTurn(async () => {
      const set = { aliveUntilMs: Date.now() + ALIVE_MS };
      const { row } = await update(this.place, { set, condition: "runId = :mine", runId: this.runId });
      if (!row) this.#lose();
    }).catch(() => {});
  }

  /** The run's row and the day's, together. */
  async #write(spending: Nanos, set: Readonly<Record<string, unknown>>): Promise<void> {
    const { place, runId } = this;
    const change = changeOf(place, {
      set: { ...set, aliveUntilMs: Date.now() + ALIVE_MS },
      condition: "runId = :mine",
      runId,
    });
    const day = spend(this.row[place.ownerField], this.#day, place.spending, spending);
    if (!(await transact([{ Update: change }, { Update: day }]))) this.#lose();
  }

  #lose(): never {
    clearInterval(this.#signs);
    this.#lost.abort();
    throw new RunLost("The run is over, or in other hands.");
  }

  /** Writes of one row come one after the other: two transactions at a time would refuse each other. */
  #inTurn<T>(write: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(write, write);
    this.#turn = turn.catch(() => {});
    return turn;
  }
}

/** Closes a run whose function has died; `false` when that was done already. What was reserved then counts as spent. */
export async function closeDead(
  place: RunPlace,
  died: Row,
  changes: Readonly<Record<string, unknown>>,
): Promise<boolean> {
  const { row } = await update(place, {
    set: changes,
    isEnd: true,
    condition: "aliveUntilMs = :last",
    values: { ":last": died.aliveUntilMs },
  });
  return row !== undefined;
}

interface RowChange {
  readonly set: Readonly<Record<string, unknown>>;
  /** What is reserved counts as spent from here on. */
  readonly isEnd?: boolean;
  readonly condition: string;
  readonly runId?: string;
  readonly values?: Readonly<Record<string, unknown>>;
}

/** An update of a run that is open, under a further condition. */
function changeOf({ table, key, open }: RunPlace, { set, isEnd, condition, runId, values }: RowChange) {
  const fields = Object.entries(set).filter(([, value]) => value !== undefined);
  const changes = fields.map(([name]) => `#${name} = :${name}`);
  if (isEnd) changes.push("spentNanos = spentNanos + reservedNanos", "reservedNanos = :none");
  return {
    TableName: table,
    Key: key,
    UpdateExpression: `SET ${changes.join(", ")}`,
    ConditionExpression: `#status = :open AND ${condition}`,
    ExpressionAttributeNames: {
      "#status": "status",
      ...Object.fromEntries(fields.map(([name]) => [`#${name}`, name])),
    },
    ExpressionAttributeValues: {
      ":open": open,
      ...Object.fromEntries(fields.map(([name, value]) => [`:${name}`, value])),
      ...(isEnd && { ":none": 0 }),
      ...(condition.includes(":mine") && { ":mine": runId }),
      ...values,
    },
  };
}

/**
 * The row after the update, or the row that refused it, if there is one. That may be the row after this very update: the
 * client repeats what it heard no answer to.
 */
async function update(place: RunPlace, change: RowChange): Promise<{ row?: Row; refusedBy?: Row }> {
  try {
    const command = new UpdateCommand({
      ...changeOf(place, change),
      ReturnValues: "ALL_NEW",
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    });
    return { row: (await documentClient().send(command)).Attributes as Row };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return { refusedBy: error.Item && (unmarshall(error.Item) as Row) };
  }
}

function spend(owner: string, day: string, kind: RunPlace["spending"], nanos: Nanos) {
  return {
    TableName: setting(ENVIRONMENT.jobsTable),
    Key: adHocSpendingKey(owner, day),
    UpdateExpression: "ADD testRunsNanos :tries, generatedSeedsNanos :seeds",
    ExpressionAttributeValues: {
      ":tries": kind === "testRunsNanos" ? nanos : 0,
      ":seeds": kind === "generatedSeedsNanos" ? nanos : 0,
    },
  };
}

/** `false` when a condition refused; refusals that pass are waited out, for longer each time. */
async function transact(TransactItems: TransactWriteCommandInput["TransactItems"]): Promise<boolean> {
  for (let tries = 1; ; tries++) {
    try {
      await documentClient().send(new TransactWriteCommand({ TransactItems }));
      return true;
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code ?? "");
      if (codes.some((code) => code.startsWith("ConditionalCheckFailed"))) return false;
      if (!codes.some((code) => PASSING.some((name) => code.startsWith(name))) || tries === MAX_REFUSALS) throw error;
      await wait(20 + 40 * tries * Math.random());
    }
  }
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}
