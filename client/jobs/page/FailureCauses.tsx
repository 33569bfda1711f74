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
      <p className="small soft">Failed and rejected attempts are retried up to the template’s limit.</p>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Cause</th>
            <th scope="col" className="right">
              Attempts
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
              <td className="number right">{showCount(records)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
