export interface MeterProps {
  /** What is measured, for screen readers. */
  readonly label: string;
  /** The value as text, for screen readers: "120 of 500 records". */
  readonly text: string;
  /** Shares between 0 and 1, side by side. */
  readonly parts: readonly MeterPart[];
  readonly large?: boolean;
}

export interface MeterPart {
  readonly share: number;
  readonly tone: "accent" | "good" | "live" | "warn" | "bad" | "idle";
}

/** A progress bar of one or more parts. */
export function Meter({ label, text, parts, large }: MeterProps) {
  const total = parts.reduce((sum, part) => sum + part.share, 0);
  return (
    <div
      className={large ? "meter meter-large" : "meter"}
      role="progressbar"
      aria-label={label}
      aria-valuemin={0}
      aria-valuemax={100}
      aria-valuenow={Math.round(Math.min(1, total) * 100)}
      aria-valuetext={text}
    >
      {parts.map((part) => (
        <span key={part.tone} className={`meter-part meter-${part.tone}`} style={{ width: `${part.share * 100}%` }} />
      ))}
    </div>
  );
}
