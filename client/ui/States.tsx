import type { ReactNode } from "react";
import { Button } from "./Button.tsx";
import { Icon, type IconName } from "./Icon.tsx";

/** A gray placeholder for text that is loading. */
export function Skeleton({ width = "100%", height }: { readonly width?: string; readonly height?: string }) {
  return <span className="skeleton" style={{ width, height }} aria-hidden="true" />;
}

/** Placeholders for cards that are loading. */
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

export interface EmptyStateProps {
  readonly icon: IconName;
  readonly title: string;
  /** `h1` when it is all that a page has; `h2` by default. */
  readonly heading?: "h1" | "h2";
  readonly children?: ReactNode;
  /** What the user can do next. */
  readonly actions?: ReactNode;
  /** `plain` by default. */
  readonly tone?: "plain" | "bad";
}

/** Says that there is nothing, why, and what to do next. */
export function EmptyState({ icon, title, heading: Heading = "h2", children, actions, tone }: EmptyStateProps) {
  return (
    <div className="empty">
      <div className={tone === "bad" ? "empty-mark empty-mark-bad" : "empty-mark"}>
        <Icon name={icon} />
      </div>
      <Heading>{title}</Heading>
      {children && <p>{children}</p>}
      {actions && <div className="row">{actions}</div>}
    </div>
  );
}

export interface ErrorStateProps extends Pick<EmptyStateProps, "heading"> {
  readonly text: string;
  readonly onRetry?: () => void;
}

/** Something could not be loaded. */
export function ErrorState({ text, heading, onRetry }: ErrorStateProps) {
  const retry = onRetry && (
    <Button icon="retry" onClick={onRetry}>
      Retry
    </Button>
  );
  return (
    <div role="alert">
      <EmptyState icon="alert" tone="bad" title="Something could not be loaded" heading={heading} actions={retry}>
        {text}
      </EmptyState>
    </div>
  );
}

/** A highlighted message. Screen readers announce a `bad` one when it appears. */
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
