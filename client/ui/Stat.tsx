import type { ReactNode } from "react";

/** Key figures in a row. */
export function Stats({ children }: { readonly children: ReactNode }) {
  return <dl className="stats">{children}</dl>;
}

export interface StatProps {
  readonly label: string;
  readonly value: ReactNode;
  /** Context for the number. */
  readonly note?: ReactNode;
}

export function Stat({ label, value, note }: StatProps) {
  return (
    <div className="stat">
      <dt>{label}</dt>
      <dd className="stat-value">{value}</dd>
      {note && <dd className="stat-note">{note}</dd>}
    </div>
  );
}
