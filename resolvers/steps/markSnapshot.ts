import { util, type Context } from "@aws-appsync/utils";
import { jobKey } from "../../core/keys.ts";
import type { JobRow, SnapshotRow } from "../../core/job/job-row.ts";
import { SNAPSHOT_TIMEOUT_SECONDS } from "../../core/dataset/snapshot.ts";
import type { MutationTakeSnapshotArgs } from "../generated/schema.ts";
import { callerOf } from "../shared/caller.ts";
import { shouldRetry, skipIfWritten, written } from "../shared/control.ts";
import { fail, throwConflict, throwNotFound } from "../shared/errors.ts";
import { START_TIMEOUT_SECONDS } from "../shared/runTimeout.ts";

/** Says in the job's row that a snapshot is on its way, unless one is already. */
export function request(ctx: Context<MutationTakeSnapshotArgs>) {
  skipIfWritten(ctx);
  const nowMs = util.time.nowEpochMilliSeconds();
  const snapshot: SnapshotRow = {
    snapshotId: util.autoUlid(),
    state: "CREATING",
    takenAt: util.time.nowISO8601(),
    aliveUntilMs: nowMs + (START_TIMEOUT_SECONDS + SNAPSHOT_TIMEOUT_SECONDS) * 1000,
  };
  return {
    operation: "UpdateItem" as const,
    key: util.dynamodb.toMapValues(jobKey(ctx.args.id)),
    update: {
      expression: "SET #snapshot = :snapshot",
      expressionNames: { "#snapshot": "snapshot" },
      expressionValues: util.dynamodb.toMapValues({ ":snapshot": snapshot }),
    },
    condition: {
      expression: `#owner = :me AND #status IN (:queued, :running, :paused) AND
        (attribute_not_exists(#snapshot) OR #snapshot.#state <> :making OR #snapshot.#aliveUntilMs < :now)`,
      expressionNames: {
        "#owner": "owner",
        "#status": "status",
        "#snapshot": "snapshot",
        "#state": "state",
        "#aliveUntilMs": "aliveUntilMs",
      },
      expressionValues: util.dynamodb.toMapValues({
        ":me": callerOf(ctx),
        ":queued": "QUEUED",
        ":running": "RUNNING",
        ":paused": "PAUSED",
        ":making": "CREATING",
        ":now": nowMs,
      }),
    },
  };
}

export function response(ctx: Context) {
  if (shouldRetry(ctx)) return null;
  if (ctx.error && ctx.error.type !== "DynamoDB:ConditionalCheckFailedException") fail(ctx);
  if (ctx.error) refuse(ctx);
  written(ctx, ctx.result);
  return null;
}

function refuse(ctx: Context): never {
  const row: JobRow | null = ctx.result;
  if (!row || row.owner !== callerOf(ctx)) throwNotFound("job");
  if (["QUEUED", "RUNNING", "PAUSED"].indexOf(row.status) >= 0)
    throwConflict("A snapshot of this job is being written already; it can be downloaded in a while.");
  return throwConflict(
    `This job is ${row.status}; only of a job that is queued, running or paused what is there can be downloaded, and later its dataset.`,
  );
}
