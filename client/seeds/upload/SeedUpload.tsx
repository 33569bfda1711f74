import { useState } from "react";
import { DEFAULT_COLLECTION, MAX_SEED_FILES, SEED_FILE_EXTENSIONS } from "#core/seeds/seed-set";
import type { SeedSetFieldsFragment } from "../../generated/documents.ts";
import { useSeedUpload, type UploadFile } from "./useSeedUpload.ts";
import { baseName, CHOOSABLE, checkFiles, collectionFor } from "./collections.ts";
import { Button } from "../../ui/Button.tsx";
import { Check } from "../../ui/RadioCard.tsx";
import { FieldError, TextField } from "../../ui/Field.tsx";
import { FileDrop } from "../../ui/FileDrop.tsx";
import { UploadRow } from "./UploadRow.tsx";

export interface SeedUploadProps {
  /** The collections that a chosen template reads; a single file for a single collection takes its name. */
  readonly wanted?: readonly string[];
  /** Called when all files are sent and the check has begun. */
  readonly onConfirmed: (seedSet: SeedSetFieldsFragment) => void;
}

/** Chooses files, names them and sends them. */
export function SeedUpload({ wanted = [], onConfirmed }: SeedUploadProps) {
  const [files, setFiles] = useState<readonly UploadFile[]>([]);
  const [name, setName] = useState("");
  const [tooMany, setTooMany] = useState(false);
  const [skipInvalid, setSkipInvalid] = useState(false);
  const { state, start, cancel } = useSeedUpload((seedSet) => {
    setFiles([]);
    setName("");
    onConfirmed(seedSet);
  });
  const faults = checkFiles(
    files.map(({ collection, file }) => ({ collection, fileName: file.name, bytes: file.size })),
  );
  const sending = state.phase === "sending";
  const add = (chosen: readonly File[]) => {
    const all = [...files, ...chosen.map((file) => ({ collection: "", file }))];
    setTooMany(all.length > MAX_SEED_FILES);
    setFiles(withNames(all.slice(0, MAX_SEED_FILES), wanted));
    const first = chosen[0];
    if (name === "" && first) setName(baseName(first.name));
  };
  const change = (index: number, collection: string) =>
    setFiles(files.map((file, at) => (at === index ? { ...file, collection } : file)));
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    void start({ name: name.trim(), files, skipInvalid });
  };
  return (
    <form className="stack" onSubmit={submit} aria-label="Upload seeds">
      {!sending && (
        <FileDrop
          title={files.length === 0 ? "Choose files or drop them here" : "Add another file"}
          hint={`${SEED_FILE_EXTENSIONS.join(", ")}, each also with .gz · up to 1 GB each`}
          accept={CHOOSABLE}
          onFiles={add}
        />
      )}
      {files.length > 0 && (
        <>
          <ul className="stack-tight">
            {files.map((file, index) => (
              <UploadRow
                key={index}
                file={file}
                fault={faults[index] ?? null}
                sent={sending ? (state.sent[index] ?? 0) : null}
                onRename={(collection) => change(index, collection)}
                onRemove={() => setFiles(files.filter((_, at) => at !== index))}
              />
            ))}
          </ul>
          {!sending && (
            <>
              {files.length > 1 && (
                <p className="small faint">
                  Files with the same name in templates follow each other in one collection.
                </p>
              )}
              <TextField
                label="Name of the seed set"
                value={name}
                maxLength={100}
                onChange={(event) => setName(event.target.value)}
              />
              <div className="checks">
                <Check label="Leave faulty rows out, and say which" checked={skipInvalid} onChange={setSkipInvalid} />
              </div>
            </>
          )}
        </>
      )}
      <FieldError error={tooMany ? `A seed set can have ${MAX_SEED_FILES} files at most.` : undefined} />
      <FieldError error={state.phase === "idle" ? state.error : null} />
      {files.length > 0 && (
        <div className="row">
          <Button
            type="submit"
            look="primary"
            icon="upload"
            busy={sending}
            disabled={name.trim() === "" || faults.some(Boolean)}
          >
            {sending ? "Sending" : "Upload"}
          </Button>
          {sending && <Button onClick={cancel}>Stop</Button>}
        </div>
      )}
    </form>
  );
}

/** Gives names to the files that have none yet. */
function withNames(files: readonly UploadFile[], wanted: readonly string[]): UploadFile[] {
  return files.map(({ collection, file }) => ({ collection: collection || nameFor(file, files.length, wanted), file }));
}

/** A single file needs no name of its own, unless the template asks for several collections. */
function nameFor(file: File, count: number, wanted: readonly string[]): string {
  if (count > 1 || wanted.length > 1) return collectionFor(file.name);
  return wanted[0] ?? DEFAULT_COLLECTION;
}
