import { showClock, showMoment } from "../ui/format.ts";
import { Notice } from "../ui/States.tsx";

export interface RestoredNoticeProps {
  /** When the draft had last changed. */
  readonly changedAt: string;
  readonly onDiscard: () => void;
}

/** The editor continues from a draft instead of the saved text. */
export function RestoredNotice({ changedAt, onDiscard }: RestoredNoticeProps) {
  return (
    <div role="status">
      <Notice>
        Draft restored from{" "}
        <time dateTime={changedAt} title={showMoment(changedAt)}>
          {showClock(Date.parse(changedAt), Date.now())}
        </time>{" "}
        ·{" "}
        <button type="button" className="text-button" onClick={onDiscard}>
          Discard
        </button>
      </Notice>
    </div>
  );
}
