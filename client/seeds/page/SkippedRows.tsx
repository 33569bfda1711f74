import type { SeedSetFieldsFragment } from "../../generated/documents.ts";
import { showCount, showCounted } from "../../ui/format.ts";
import { Notice } from "../../ui/States.tsx";

/** The rows that were skipped, as requested. Nothing when there are none. */
export function SkippedRows({ seedSet: { skippedCount, skippedRows } }: { readonly seedSet: SeedSetFieldsFragment }) {
  if (skippedCount === 0) return null;
  return (
    <Notice tone="warn">
      <details>
        <summary>{showCounted(skippedCount, "row")} skipped</summary>
        <ul className="small skipped">
          {skippedRows.map(({ fileName, row, reason }) => (
            <li key={`${fileName} ${row}`}>{reason}</li>
          ))}
        </ul>
        {skippedCount > skippedRows.length && (
          <p className="small faint">and {showCount(skippedCount - skippedRows.length)} more.</p>
        )}
      </details>
    </Notice>
  );
}
