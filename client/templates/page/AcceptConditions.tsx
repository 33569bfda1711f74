import type { TemplateAnalysisFieldsFragment } from "../../generated/documents.ts";
import { Code } from "../../ui/Code.tsx";
import { showCounted } from "../../ui/format.ts";

/** What a record must meet to be delivered. Nothing when the template accepts every record. */
export function AcceptConditions({
  facts: { accept, maxAttempts },
}: {
  readonly facts: TemplateAnalysisFieldsFragment;
}) {
  if (accept.length === 0) return null;
  return (
    <section className="stack" aria-labelledby="accept-title">
      <h2 id="accept-title">Which records are accepted</h2>
      <p className="small soft">
        {accept.length === 1 ? "Those for which this holds." : "Those for which all of these hold."} What is refused is
        kept aside, and another attempt is made: up to {showCounted(maxAttempts, "attempt")} for each record on average.
      </p>
      <ul className="stack">
        {accept.map(({ name, expression }) => (
          <li key={name ?? ""} className="card stack">
            {name && <h3 className="mono step-name">{name}</h3>}
            <Code label={name ? `The condition ${name}` : "The condition"} text={expression} wrap />
          </li>
        ))}
      </ul>
    </section>
  );
}
