import type { SeedSetStatus } from "../generated/documents.ts";
import { Badge, type Tone } from "../ui/Badge.tsx";

/** A seed set's status as a label and a color. */
export function SeedStatusBadge({ status }: { readonly status: SeedSetStatus }) {
  const [label, tone] = BADGES[status];
  return (
    <Badge dot tone={tone}>
      {label}
    </Badge>
  );
}

const BADGES: Readonly<Record<SeedSetStatus, readonly [label: string, Tone]>> = {
  UPLOADING: ["Uploading", "plain"],
  CHECKING: ["Checking", "live"],
  GENERATING: ["Generating", "live"],
  READY: ["Ready", "good"],
  REFUSED: ["Rejected", "bad"],
};
