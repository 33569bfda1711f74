import type { JobFieldsFragment } from "../../generated/documents.ts";
import { causesOf } from "../totals.ts";
import { showCount } from "../../ui/format.ts";

/** Why attempts of a job failed or their candidates were rejected, grouped by cause. Nothing if none did. */
export function FailureCauses({ progress }: Pick<JobFieldsFragment, "progress">) {
  const causes = causesOf(progress);
  if (causes.length === 0) return null;
  return (
    <section className="card stack" aria-labelledby="causes-title">
      <h2 id="causes-title">Errors and rejections</h2>
      <p className="small soft">
        An attempt that fails or is rejected is retried up to the template’s limit; the last one makes a failed record.
      </p>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Cause</th>
            <th scope="col" className="right">
              Attempts
            </th>
            <th scope="col" className="right">
              Retried
            </th>
            <th scope="col" className="right">
              Failed records
            </th>
          </tr>
        </thead>
        <tbody>
          {causes.map(({ cause, attempts, records }) => (
            <tr key={cause}>
              <td>{cause}</td>
              <td className="number right">{showCount(attempts)}</td>
              <td className="number right">{showCount(Math.max(0, attempts - records))}</td>
              <td className="number right">{showCount(records)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
