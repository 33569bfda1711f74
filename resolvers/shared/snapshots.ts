/** From a job's row to what the schema calls JobSnapshot. */
import { util } from "@aws-appsync/utils";
import type { JobRow } from "../../core/job/job-row.ts";
import { SNAPSHOT_RETENTION_DAYS } from "../../core/dataset/snapshot.ts";
import type { JobSnapshot } from "../generated/schema.ts";

const DIED = "The function that wrote it stopped without a word; ask for it again.";

/** None when its file is gone by now. */
export function toSnapshot({ snapshot }: JobRow): JobSnapshot | null {
  if (!snapshot) return null;
  const nowMs = util.time.nowEpochMilliSeconds();
  if (nowMs > util.time.parseISO8601ToEpochMilliSeconds(snapshot.takenAt) + SNAPSHOT_RETENTION_DAYS * 86_400_000)
    return null;
  const died = snapshot.state === "CREATING" && snapshot.aliveUntilMs < nowMs;
  return {
    state: died ? "FAILED" : snapshot.state,
    statusReason: died ? DIED : (snapshot.statusReason ?? null),
    takenAt: snapshot.takenAt,
    rows: snapshot.rows ?? null,
    bytes: snapshot.bytes ?? null,
  };
}
