import type { SeedSetFieldsFragment } from "../../generated/documents.ts";
import { Notice } from "../../ui/States.tsx";

/** What was unusual about the files, and how they were read all the same. Nothing when there was nothing. */
export function ReadingNotes({ seedSet: { notes } }: { readonly seedSet: SeedSetFieldsFragment }) {
  if (notes.length === 0) return null;
  return (
    <Notice>
      <ul className="small">
        {notes.map((note) => (
          <li key={note}>{note}</li>
        ))}
      </ul>
    </Notice>
  );
}
