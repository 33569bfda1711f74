import type { JobStatus, SeedSetStatus } from "../generated/documents.ts";
import { STATUS_WORDS } from "./messages.ts";
import { Badge, type Tone } from "../ui/Badge.tsx";

/** A job's state in a word and a colour. */
export function StatusBadge({ status }: { readonly status: JobStatus }) {
  return (
    <Badge dot tone={TONES[status]}>
      {STATUS_WORDS[status]}
    </Badge>
  );
}

/** A seed set's state in a word and a colour. */
export function SeedStatusBadge({ status }: { readonly status: SeedSetStatus }) {
  const [word, tone] = SEED_STATES[status];
  return (
    <Badge dot tone={tone}>
      {word}
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

const SEED_STATES: Readonly<Record<SeedSetStatus, readonly [string, Tone]>> = {
  UPLOADING: ["Uploading", "plain"],
  CHECKING: ["Checking", "live"],
  GENERATING: ["Generating", "live"],
  READY: ["Ready", "good"],
  REFUSED: ["Refused", "bad"],
};
