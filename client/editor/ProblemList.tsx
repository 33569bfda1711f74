import type { TemplateProblemFragment } from "../generated/documents.ts";
import { showCounted } from "../ui/format.ts";
import { Icon } from "../ui/Icon.tsx";

export interface ProblemListProps {
  readonly problems: readonly TemplateProblemFragment[];
  /** Whether they belong to the current text. */
  readonly isCurrent: boolean;
  /** Why the text could not be checked; null when it was. */
  readonly error: string | null;
  readonly onGoTo: (position: number) => void;
}

/** The errors of the source, in order; a click goes to the position. */
export function ProblemList({ problems, isCurrent, error, onGoTo }: ProblemListProps) {
  return (
    <div className="problems">
      <p className="problems-head small" role="status">
        {statusOf(problems.length, isCurrent, error)}
      </p>
      <ul>
        {problems.map((problem, index) => (
          <li key={index}>
            <button type="button" className="problem" onClick={() => onGoTo(problem.from)}>
              <Icon name="alert" />
              <span>{problem.message}</span>
              <span className="faint number">line {problem.line}</span>
            </button>
          </li>
        ))}
      </ul>
    </div>
  );
}

function statusOf(count: number, isCurrent: boolean, error: string | null): string {
  if (error) return error;
  if (!isCurrent) return "Checking…";
  return count === 0 ? "No problems" : showCounted(count, "error");
}
