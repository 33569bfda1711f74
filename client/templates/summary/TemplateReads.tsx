import { distinctReads, type Read } from "../reads.ts";
import { readName } from "../labels.ts";

/** What a template reads from the seeds, and where. */
export function TemplateReads({ reads }: { readonly reads: readonly Read[] }) {
  if (reads.length === 0) return <span className="soft">none</span>;
  return (
    <ul className="reads">
      {distinctReads(reads).map((read) => (
        <li key={readName(read)}>
          <span className="chip mono">{readName(read)}</span>{" "}
          <span className="small soft">
            {read.path === "" ? "whole items" : read.required ? "required" : "optional"}
          </span>{" "}
          <span className="small faint">used in {read.locations.join(", ")}</span>
        </li>
      ))}
    </ul>
  );
}
