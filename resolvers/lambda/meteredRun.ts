/**
 * An ad hoc run: a function that spends money outside of jobs. Its row holds what it has spent and what calls in flight may
 * cost; the same transaction adds it to the owner's spending of the day. So whatever happens to the function, no spending is
 * lost: what is reserved when it crashes stays counted.
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

/** Lambda retries a failed event after a minute, unless it is too old: by then the failed run's lease has expired. */
const RUN_LEASE_MS = 50_000;
const HEARTBEAT_MS = 15_000;
/** The day's row is shared by all runs of an owner. */
const MAX_ATTEMPTS = 20;
/** Transient cancellations: other transactions, or a throttled table. */
const TRANSIENT_CODES = ["TransactionConflict", "ThrottlingError", "ProvisionedThroughputExceeded"];

/** Where a run's row is stored, and what depends on the kind of run. */
export interface RunLocation {
  readonly table: string;
  readonly key: { readonly pk: string; readonly sk: string };
  /** The status of a run in progress. */
  readonly open: string;
  readonly ownerField: string;
  readonly spending: keyof Pick<AdHocSpendingRow, "testRunsNanos" | "generatedSeedsNanos">;
}

type Row = AdHocRunRow & Readonly<Record<string, any>>;

/** Another function has taken over the run, or it has ended. */
export class RunLost extends Error {
  override readonly name = "RunLost";
}

export class MeteredRun {
  readonly #heartbeat: NodeJS.Timeout;
  readonly #lost = new AbortController();
  #lastWrite: Promise<unknown> = Promise.resolve();
  #reserved: Nanos = 0;
  /** The day that the reservation was recorded under, so that it is settled there too. */
  #day = today();

  private constructor(
    readonly location: RunLocation,
    readonly runId: string,
    readonly row: Row,
  ) {
    this.#heartbeat = setInterval(() => void this.#beat(), HEARTBEAT_MS).unref();
  }

  /**
   * Starts the run. A run is started once, before its timeout: a duplicate, retried or late event gets nothing but the row of
   * a crashed run.
   */
  static async begin(location: RunLocation): Promise<{ run?: MeteredRun; crashed?: Row }> {
    const runId = randomUUID();
    const now = Date.now();
    const { row, conflictingRow } = await update(location, {
      set: { runId, leaseUntilMs: now + RUN_LEASE_MS },
      condition: "attribute_not_exists(runId) AND leaseUntilMs > :now",
      values: { ":now": now },
    });
    if (row) return { run: new MeteredRun(location, runId, row) };
    if (conflictingRow?.status !== location.open) return {};
    if (conflictingRow.runId === runId) return { run: new MeteredRun(location, runId, conflictingRow) };
    return conflictingRow.leaseUntilMs <= now ? { crashed: conflictingRow } : {};
  }

  /** Aborted when the run was closed elsewhere: no call may start or continue. */
  get lost(): AbortSignal {
    return this.#lost.signal;
  }

  /** Reserves money before it is spent. @throws RunLost */
  reserve(nanos: Nanos): Promise<void> {
    return this.#serialized(async () => {
      this.#day = today();
      await this.#write(nanos, { reservedNanos: nanos });
      this.#reserved = nanos;
    });
  }

  /** Records how much of the reserved money was spent, and the results. @throws RunLost */
  settle(spentNanos: Nanos, costNanos: Nanos, changes: Readonly<Record<string, unknown>>): Promise<void> {
    return this.#serialized(async () => {
      await this.#write(costNanos - this.#reserved, { ...changes, spentNanos, reservedNanos: 0 });
      this.#reserved = 0;
    });
  }

  /** Ends the run: nothing stays reserved, and what could not be settled counts as spent. @throws RunLost */
  async close(changes: Readonly<Record<string, unknown>> & { readonly status: string }): Promise<void> {
    clearInterval(this.#heartbeat);
    await this.#serialized(async () => {
      const { row, conflictingRow } = await update(this.location, {
        set: changes,
        isEnd: true,
        condition: "runId = :mine",
        runId: this.runId,
      });
      const isDone =
        row !== undefined || (conflictingRow?.runId === this.runId && conflictingRow.status === changes.status);
      if (!isDone) this.#abandon();
    });
  }

  /** For a run that could not be closed. */
  stopHeartbeat(): void {
    clearInterval(this.#heartbeat);
  }

  async #beat(): Promise<void> {
    await this.#serialized(async () => {
      const set = { leaseUntilMs: Date.now() + RUN_LEASE_MS };
      const { row } = await update(this.location, { set, condition: "runId = :mine", runId: this.runId });
      if (!row) this.#abandon();
    }).catch(() => {});
  }

  /** The run's row and the day's, together. */
  async #write(spending: Nanos, set: Readonly<Record<string, unknown>>): Promise<void> {
    const { location, runId } = this;
    const change = changeOf(location, {
      set: { ...set, leaseUntilMs: Date.now() + RUN_LEASE_MS },
      condition: "runId = :mine",
      runId,
    });
    const day = spend(this.row[location.ownerField], this.#day, location.spending, spending);
    if (!(await transact([{ Update: change }, { Update: day }]))) this.#abandon();
  }

  #abandon(): never {
    clearInterval(this.#heartbeat);
    this.#lost.abort();
    throw new RunLost("The run has ended, or another function has taken it over.");
  }

  /** Serializes the writes of one row: two transactions at a time would conflict. */
  #serialized<T>(write: () => Promise<T>): Promise<T> {
    const written = this.#lastWrite.then(write, write);
    this.#lastWrite = written.catch(() => {});
    return written;
  }
}

/** Closes a run whose function has crashed; `false` when it was closed already. What was still reserved counts as spent. */
export async function closeCrashed(
  location: RunLocation,
  crashed: Row,
  changes: Readonly<Record<string, unknown>>,
): Promise<boolean> {
  const { row } = await update(location, {
    set: changes,
    isEnd: true,
    condition: "leaseUntilMs = :last",
    values: { ":last": crashed.leaseUntilMs },
  });
  return row !== undefined;
}

interface RowChange {
  readonly set: Readonly<Record<string, unknown>>;
  /** Counts what is reserved as spent. */
  readonly isEnd?: boolean;
  readonly condition: string;
  readonly runId?: string;
  readonly values?: Readonly<Record<string, unknown>>;
}

/** An update of an open run, under an additional condition. */
function changeOf({ table, key, open }: RunLocation, { set, isEnd, condition, runId, values }: RowChange) {
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
 * The row after the update, or the row whose condition failed, if it exists. That may be the row after this very update: the
 * client retries when it gets no response.
 */
async function update(location: RunLocation, change: RowChange): Promise<{ row?: Row; conflictingRow?: Row }> {
  try {
    const command = new UpdateCommand({
      ...changeOf(location, change),
      ReturnValues: "ALL_NEW",
      ReturnValuesOnConditionCheckFailure: "ALL_OLD",
    });
    return { row: (await documentClient().send(command)).Attributes as Row };
  } catch (error) {
    if (!(error instanceof ConditionalCheckFailedException)) throw error;
    return { conflictingRow: error.Item && (unmarshall(error.Item) as Row) };
  }
}

function spend(owner: string, day: string, kind: RunLocation["spending"], nanos: Nanos) {
  return {
    TableName: setting(ENVIRONMENT.jobsTable),
    Key: adHocSpendingKey(owner, day),
    UpdateExpression: "ADD testRunsNanos :testRuns, generatedSeedsNanos :seeds",
    ExpressionAttributeValues: {
      ":testRuns": kind === "testRunsNanos" ? nanos : 0,
      ":seeds": kind === "generatedSeedsNanos" ? nanos : 0,
    },
  };
}

/** `false` when a condition failed; transient cancellations are retried with increasing waits. */
async function transact(TransactItems: TransactWriteCommandInput["TransactItems"]): Promise<boolean> {
  for (let attempt = 1; ; attempt++) {
    try {
      await documentClient().send(new TransactWriteCommand({ TransactItems }));
      return true;
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code ?? "");
      if (codes.some((code) => code.startsWith("ConditionalCheckFailed"))) return false;
      if (!codes.some((code) => TRANSIENT_CODES.some((name) => code.startsWith(name))) || attempt === MAX_ATTEMPTS)
        throw error;
      await wait(20 + 40 * attempt * Math.random());
    }
  }
}

function today(): string {
  return new Date().toISOString().slice(0, 10);
}
