import type { TemplateAnalysisFieldsFragment } from "../../generated/documents.ts";
import { Code } from "../../ui/Code.tsx";
import { showCounted } from "../../ui/format.ts";

/** The conditions a record must meet to be delivered. Nothing when the template accepts every record. */
export function AcceptConditions({
  analysis: { accept, maxAttempts },
}: {
  readonly analysis: TemplateAnalysisFieldsFragment;
}) {
  if (accept.length === 0) return null;
  return (
    <section className="stack" aria-labelledby="accept-title">
      <h2 id="accept-title">Acceptance conditions</h2>
      <p className="small soft">
        {accept.length === 1
          ? "Every record must meet this condition."
          : "Every record must meet all of these conditions."}{" "}
        Rejected candidates are saved separately, and their records are regenerated, with up to{" "}
        {showCounted(maxAttempts, "attempt")} per record on average.
      </p>
      <ul className="stack">
        {accept.map(({ name, expression }) => (
          <li key={name ?? ""} className="card stack">
            {name && <h3 className="mono step-name">{name}</h3>}
            <Code label={name ? `Condition ${name}` : "Condition"} text={expression} wrap />
          </li>
        ))}
      </ul>
    </section>
  );
}
