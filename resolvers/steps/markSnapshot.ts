import { util, type Context } from "@aws-appsync/utils";
import { jobKey } from "../../core/keys.ts";
import type { JobRow, SnapshotRow } from "../../core/job/job-row.ts";
import { SNAPSHOT_TIMEOUT_SECONDS } from "../../core/dataset/snapshot.ts";
import type { MutationTakeSnapshotArgs } from "../generated/schema.ts";
import { callerOf } from "../shared/caller.ts";
import { shouldRetry, skipIfWritten, recordWrite } from "../shared/control.ts";
import { throwInternal, throwConflict, throwNotFound } from "../shared/errors.ts";
import { START_TIMEOUT_SECONDS } from "../shared/runTimeout.ts";

/** Records in the job's row that a snapshot is being created, unless one already is. */
export function request(ctx: Context<MutationTakeSnapshotArgs>) {
  skipIfWritten(ctx);
  const nowMs = util.time.nowEpochMilliSeconds();
  const snapshot: SnapshotRow = {
    snapshotId: util.autoUlid(),
    state: "CREATING",
    takenAt: util.time.nowISO8601(),
    deadlineMs: nowMs + (START_TIMEOUT_SECONDS + SNAPSHOT_TIMEOUT_SECONDS) * 1000,
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
        (attribute_not_exists(#snapshot) OR #snapshot.#state <> :creating OR #snapshot.#deadlineMs < :now)`,
      expressionNames: {
        "#owner": "owner",
        "#status": "status",
        "#snapshot": "snapshot",
        "#state": "state",
        "#deadlineMs": "deadlineMs",
      },
      expressionValues: util.dynamodb.toMapValues({
        ":me": callerOf(ctx),
        ":queued": "QUEUED",
        ":running": "RUNNING",
        ":paused": "PAUSED",
        ":creating": "CREATING",
        ":now": nowMs,
      }),
    },
  };
}

export function response(ctx: Context) {
  if (shouldRetry(ctx)) return null;
  if (ctx.error && ctx.error.type !== "DynamoDB:ConditionalCheckFailedException") throwInternal(ctx);
  if (ctx.error) throwNotAllowed(ctx);
  recordWrite(ctx, ctx.result);
  return null;
}

function throwNotAllowed(ctx: Context): never {
  const row: JobRow | null = ctx.result;
  if (!row || row.owner !== callerOf(ctx)) throwNotFound("job");
  if (["QUEUED", "RUNNING", "PAUSED"].indexOf(row.status) >= 0)
    throwConflict("A snapshot of this job is already being created; wait until it can be downloaded.");
  return throwConflict(
    `This job is ${row.status}; snapshots can only be taken of a job that is queued, running or paused. Download its dataset once it has ended.`,
  );
}
