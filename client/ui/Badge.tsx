import type { ReactNode } from "react";

export type Tone = "plain" | "accent" | "good" | "live" | "warn" | "bad";

/** A short label for a kind or a status; with `dot`, a status. */
export function Badge({ tone = "plain", dot, children }: { tone?: Tone; dot?: boolean; children: ReactNode }) {
  return <span className={`badge badge-${tone}${dot ? " badge-dot" : ""}`}>{children}</span>;
}
