import type { JobFieldsFragment } from "../../generated/documents.ts";
import { causesOf } from "../totals.ts";
import { showCount } from "../../ui/format.ts";

/** Why attempts of a job failed or what they made was refused, grouped. Nothing while all is well. */
export function FailureCauses({ progress }: Pick<JobFieldsFragment, "progress">) {
  const causes = causesOf(progress);
  if (causes.length === 0) return null;
  return (
    <section className="card stack" aria-labelledby="causes-title">
      <h2 id="causes-title">What did not work</h2>
      <p className="small soft">
        After an attempt that failed or was refused another is made, as long as the template allows.
      </p>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">Cause</th>
            <th scope="col" className="right">
              Attempts
            </th>
            <th scope="col" className="right">
              Records given up
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
