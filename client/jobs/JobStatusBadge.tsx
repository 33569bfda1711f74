import type { JobStatus } from "../generated/documents.ts";
import { Badge, type Tone } from "../ui/Badge.tsx";
import { STATUS_LABELS } from "./labels.ts";

/** A job's status as a label and a color. */
export function JobStatusBadge({ status }: { readonly status: JobStatus }) {
  return (
    <Badge dot tone={TONES[status]}>
      {STATUS_LABELS[status]}
    </Badge>
  );
}

const TONES: Readonly<Record<JobStatus, Tone>> = {
  QUEUED: "plain",
  RUNNING: "live",
  PAUSED: "warn",
  EXPORTING: "live",
  COMPLETED: "good",
  BUDGET_EXCEEDED: "warn",
  CANCELLED: "plain",
  FAILED: "bad",
  DELETING: "plain",
};
