import type { TemplateProblemFragment } from "../generated/documents.ts";
import { showCounted } from "../ui/format.ts";
import { Icon } from "../ui/Icon.tsx";

export interface FaultListProps {
  readonly faults: readonly TemplateProblemFragment[];
  /** Whether they are those of the text as it stands now. */
  readonly isCurrent: boolean;
  /** Why it could not be checked; null when it was. */
  readonly error: string | null;
  readonly onGoTo: (position: number) => void;
}

/** What is wrong with the source, in its order; each leads to its place. */
export function FaultList({ faults, isCurrent, error, onGoTo }: FaultListProps) {
  return (
    <div className="faults">
      <p className="faults-head small" role="status">
        {headOf(faults.length, isCurrent, error)}
      </p>
      <ul>
        {faults.map((fault, index) => (
          <li key={index}>
            <button type="button" className="fault" onClick={() => onGoTo(fault.from)}>
              <Icon name="alert" />
              <span>{fault.message}</span>
              <span className="faint number">line {fault.line}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function headOf(count: number, isCurrent: boolean, error: string | null): string {
  if (error) return error;
  if (!isCurrent) return "Checking …";
  return count === 0 ? "Nothing is wrong with it." : showCounted(count, "fault");
}
