import { isAtRest } from "#core/job/job";
import { META_FILES, type MetaFile } from "#core/dataset/meta-files";
import type { JobStateFragment } from "../../generated/documents.ts";
import { useDatasetArchive } from "./useDatasetArchive.ts";
import { useDownload } from "./useDownload.ts";
import { isReadable } from "./archive.ts";
import { Button } from "../../ui/Button.tsx";
import { FieldError } from "../../ui/Field.tsx";
import { showBytes, showCount, showCounted } from "../../ui/format.ts";
import { Icon } from "../../ui/Icon.tsx";
import { ArchiveNotice } from "./ArchiveNotice.tsx";

/** The files of a dataset: the formats first, then the sidecar files. Archived files must be restored first. */
export function Downloads({ job }: { readonly job: JobStateFragment }) {
  const { archive, refresh } = useDatasetArchive(job);
  const { download, pending, error } = useDownload(job.id, refresh);
  const files = job.datasetFiles.toSorted((a, b) => Number(a.format === null) - Number(b.format === null));
  if (files.length === 0) return null;
  const isEmpty = files.every(({ format, rows }) => format === null || rows === 0);
  return (
    <section className="card stack" aria-labelledby="downloads-title">
      <h2 id="downloads-title">Dataset</h2>
      <ArchiveNotice archive={archive} />
      {(!isAtRest(job.status) || job.status === "PAUSED") && (
        <p className="small soft">As of its last export; the files are replaced when the job ends.</p>
      )}
      {isEmpty && <p className="soft">No records were generated, so the dataset is empty.</p>}
      <ul className="files">
        {files.filter(isNotBlank).map((file) => (
          <li key={file.name} className="file">
            <Icon name="file" />
            <div className="file-text">
              <span className="file-name">{titleOf(file.name)}</span>
              <span className="small faint number">{describeFile(file)}</span>
            </div>
            {isReadable(archive) && (file.format === null || file.rows > 0) && (
              <Button
                icon="download"
                variant={file.format ? "primary" : "plain"}
                busy={pending === file.name}
                aria-label={`Download ${titleOf(file.name)}`}
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
          Showing the first {showCount(files.length)} of {showCounted(job.datasetFileCount, "file")}. {META_FILES.files}{" "}
          lists them all; <span className="mono">npm run generate -- --resume {job.id}</span> downloads them.
        </p>
      )}
      <FieldError error={isReadable(archive) ? error : null} />
    </section>
  );
}

/** A format without rows is nothing to download, unless it says how many records it had to omit. */
function isNotBlank({ format, rows, omitted }: JobStateFragment["datasetFiles"][number]): boolean {
  return format === null || rows > 0 || omitted > 0;
}

function describeFile({ name, format, rows, omitted, bytes }: JobStateFragment["datasetFiles"][number]): string {
  const parts = [
    titleOf(name) !== name && name,
    rows > 0 || format ? showCounted(rows, "row") : undefined,
    omitted > 0 && `${showCounted(omitted, "record")} omitted, which this format cannot hold`,
    showBytes(bytes),
  ];
  return parts.filter(Boolean).join(" · ");
}

/** A file of records goes by its name, a sidecar file by what it contains. */
function titleOf(name: string): string {
  return SIDECAR_TITLES[name] ?? name;
}

const SIDECAR_TITLES: Readonly<Record<string, string>> = {
  SHA256SUMS: "Checksums of the other files",
  "README.md": "Dataset card: contents and how they were generated",
  [META_FILES.files]: "Every file with its size, row count and checksum",
  [META_FILES.provenance]: "How each record was generated",
  [META_FILES.failures]: "Failed records, and why",
  [META_FILES.rejected]: "Rejected candidates, and why",
} satisfies Record<MetaFile | "SHA256SUMS" | "README.md", string>;
