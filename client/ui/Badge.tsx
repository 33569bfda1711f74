import type { ReactNode } from "react";

export type Tone = "plain" | "accent" | "good" | "live" | "warn" | "bad";

/** A word or two that tell a kind or a state. With `dot` it is a state. */
export function Badge({ tone = "plain", dot, children }: { tone?: Tone; dot?: boolean; children: ReactNode }) {
  return <span className={`badge badge-${tone}${dot ? " badge-dot" : ""}`}>{children}</span>;
}
