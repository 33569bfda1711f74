/** From a job's row to the schema's JobSnapshot. */
import { util } from "@aws-appsync/utils";
import type { JobRow } from "../../core/job/job-row.ts";
import { SNAPSHOT_RETENTION_DAYS } from "../../core/dataset/snapshot.ts";
import type { JobSnapshot } from "../generated/schema.ts";

const CRASHED = "Writing the snapshot stopped unexpectedly; request it again.";

/** Null when there is none, or its file has expired. */
export function toSnapshot({ snapshot }: JobRow): JobSnapshot | null {
  if (!snapshot) return null;
  const nowMs = util.time.nowEpochMilliSeconds();
  if (nowMs > util.time.parseISO8601ToEpochMilliSeconds(snapshot.takenAt) + SNAPSHOT_RETENTION_DAYS * 86_400_000)
    return null;
  const crashed = snapshot.state === "CREATING" && snapshot.deadlineMs < nowMs;
  return {
    state: crashed ? "FAILED" : snapshot.state,
    statusReason: crashed ? CRASHED : (snapshot.statusReason ?? null),
    takenAt: snapshot.takenAt,
    rows: snapshot.rows ?? null,
    bytes: snapshot.bytes ?? null,
  };
}
