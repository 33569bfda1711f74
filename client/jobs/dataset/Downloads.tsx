import type { JobStateFragment } from "../../generated/documents.ts";
import { useDatasetArchive } from "./useDatasetArchive.ts";
import { useDownload } from "./useDownload.ts";
import { isReadable } from "./archive.ts";
import { Button } from "../../ui/Button.tsx";
import { FieldError } from "../../ui/Field.tsx";
import { showBytes, showCounted } from "../../ui/format.ts";
import { Icon } from "../../ui/Icon.tsx";
import { ArchiveNotice } from "./ArchiveNotice.tsx";

/** The files of a published dataset: the formats first, then what stands beside them. Archived files are restored before. */
export function Downloads({ job }: { readonly job: JobStateFragment }) {
  const { archive, look } = useDatasetArchive(job);
  const { download, pending, error } = useDownload(job.id, look);
  const files = job.datasetFiles.toSorted((a, b) => Number(a.format === null) - Number(b.format === null));
  if (files.length === 0) return null;
  return (
    <section className="card stack" aria-labelledby="downloads-title">
      <h2 id="downloads-title">Dataset</h2>
      <ArchiveNotice archive={archive} />
      <ul className="files">
        {files.map((file) => (
          <li key={file.name} className="file">
            <Icon name="file" />
            <div className="file-text">
              <span className="file-name">{file.name}</span>
              <span className="small faint number">{describeFile(file)}</span>
            </div>
            {isReadable(archive) && (
              <Button
                icon="download"
                look={file.format ? "primary" : "plain"}
                busy={pending === file.name}
                aria-label={`Download ${file.name}`}
                onClick={() => void download(file.name)}
              >
                <span className="file-action">Download</span>
              </Button>
            )}
          </li>
        ))}
      </ul>
      {job.datasetFileCount > files.length && (
        <p className="small faint">
          The first of {showCounted(job.datasetFileCount, "file")}; files.jsonl lists them all, and{" "}
          <span className="mono">npm run generate -- --resume {job.id}</span> brings them.
        </p>
      )}
      <FieldError error={isReadable(archive) ? error : null} />
    </section>
  );
}

function describeFile({ name, format, rows, bytes }: JobStateFragment["datasetFiles"][number]): string {
  const parts = [rows > 0 || format ? showCounted(rows, "row") : undefined, showBytes(bytes), BESIDE[name]];
  return parts.filter(Boolean).join(" · ");
}

/** What the files beside the dataset are. */
const BESIDE: Readonly<Record<string, string>> = {
  SHA256SUMS: "checksums of the other files",
  "README.md": "what is in it, and how it was made",
  "files.jsonl": "every file with its size, rows and checksum",
  "provenance.jsonl": "how each record came to be",
  "failures.jsonl": "what was set aside, and why",
  "rejected.jsonl": "what the template did not accept, and why",
};
