import type { ReactNode } from "react";

/** Names with their values; `tall` leaves more space for values of several lines. */
export function SummaryList({ tall, children }: { readonly tall?: boolean; readonly children: ReactNode }) {
  return <dl className={tall ? "summary-list summary-list-tall" : "summary-list"}>{children}</dl>;
}

export interface EntryProps {
  readonly name: ReactNode;
  /** Classes of the value, such as `number` or `mono`. */
  readonly className?: string;
  readonly children: ReactNode;
}

export function Entry({ name, className, children }: EntryProps) {
  return (
    <>
      <dt>{name}</dt>
      <dd className={className}>{children}</dd>
    </>
  );
}
