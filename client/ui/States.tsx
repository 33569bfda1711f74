import type { ReactNode } from "react";
import { Button } from "./Button.tsx";
import { Icon, type IconName } from "./Icon.tsx";

/** Grey lines where text will be. */
export function Skeleton({ width = "100%", height }: { readonly width?: string; readonly height?: string }) {
  return <span className="skeleton" style={{ width, height }} aria-hidden="true" />;
}

/** Cards that are on their way. */
export function SkeletonCards({ count, label }: { readonly count: number; readonly label: string }) {
  return (
    <div className="stack" role="status" aria-label={label}>
      {Array.from({ length: count }, (_, index) => (
        <div key={index} className="card stack-tight">
          <Skeleton width="38%" height="1.2em" />
          <Skeleton width="64%" />
          <Skeleton height="8px" />
        </div>
      ))}
    </div>
  );
}

export interface EmptyProps {
  readonly icon: IconName;
  readonly title: string;
  readonly children?: ReactNode;
  /** What to do about it. */
  readonly actions?: ReactNode;
  readonly tone?: "plain" | "bad";
}

/** Nothing is here, why, and what to do. */
export function Empty({ icon, title, children, actions, tone = "plain" }: EmptyProps) {
  return (
    <div className="empty">
      <div className={tone === "bad" ? "empty-mark empty-mark-bad" : "empty-mark"}>
        <Icon name={icon} />
      </div>
      <h2>{title}</h2>
      {children && <p>{children}</p>}
      {actions && <div className="row">{actions}</div>}
    </div>
  );
}

/** It could not be shown. */
export function Failure({ text, onRetry }: { readonly text: string; readonly onRetry?: () => void }) {
  const retry = onRetry && (
    <Button icon="retry" onClick={onRetry}>
      Try again
    </Button>
  );
  return (
    <div role="alert">
      <Empty icon="alert" tone="bad" title="This could not be shown" actions={retry}>
        {text}
      </Empty>
    </div>
  );
}

/** A sentence that stands out. `bad` is said aloud when it appears. */
export function Notice({
  tone = "plain",
  children,
}: {
  tone?: "plain" | "good" | "warn" | "bad";
  children: ReactNode;
}) {
  return (
    <div className={`notice notice-${tone}`} role={tone === "bad" ? "alert" : undefined}>
      <Icon name={tone === "good" ? "check" : tone === "plain" ? "info" : "alert"} />
      <div>{children}</div>
    </div>
  );
}
