import { distinctReads, type Read } from "../reads.ts";
import { readName } from "../labels.ts";

/** What a template reads from the seeds, in words, collection by collection. */
export function TemplateReads({ reads }: { readonly reads: readonly Read[] }) {
  if (reads.length === 0) return <span className="soft">nothing</span>;
  return (
    <ul className="reads">
      {distinctReads(reads).map((read) => (
        <li key={readName(read)}>
          <span className="chip mono">{readName(read)}</span>{" "}
          <span className="small soft">
            {read.path === "" ? "the items" : read.required ? "every item must have it" : "if an item has it"}
          </span>{" "}
          <span className="small faint">in {read.locations.join(", ")}</span>
        </li>
      ))}
    </ul>
  );
}
