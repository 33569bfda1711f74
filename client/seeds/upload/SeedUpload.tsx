import { useState } from "react";
import { DEFAULT_COLLECTION, MAX_SEED_FILES, SEED_FILE_EXTENSIONS } from "#core/seeds/seed-set";
import type { SeedSetFieldsFragment } from "../../generated/documents.ts";
import type { UploadFile } from "../../mutations/useCreateSeedSet.ts";
import { Button } from "../../ui/Button.tsx";
import { FieldError, TextField } from "../../ui/Field.tsx";
import { FileDrop } from "../../ui/FileDrop.tsx";
import { Checkbox } from "../../ui/RadioCard.tsx";
import { ACCEPTED_FILES, baseName, checkFiles, collectionFor } from "./collections.ts";
import { UploadRow } from "./UploadRow.tsx";
import { useSeedUpload } from "./useSeedUpload.ts";

export interface SeedUploadProps {
  /** The collections that a selected template reads; a single file for a single collection takes its name. */
  readonly wanted?: readonly string[];
  /** Called when all files are uploaded and the check has begun. */
  readonly onConfirmed: (seedSet: SeedSetFieldsFragment) => void;
}

/** Selects files, names their collections and uploads them. */
export function SeedUpload({ wanted = [], onConfirmed }: SeedUploadProps) {
  const { files, name, setName, isOverLimit, errors, add, remove, rename, reset } = useFileSelection(wanted);
  const [skipInvalid, setSkipInvalid] = useState(false);
  const { state, start, cancel } = useSeedUpload((seedSet) => {
    reset();
    onConfirmed(seedSet);
  });
  const sent = state.phase === "sending" ? state.sent : null;
  const submit = (event: React.FormEvent) => {
    event.preventDefault();
    void start({ name: name.trim(), files, skipInvalid });
  };
  return (
    <form className="stack" onSubmit={submit} aria-label="Upload seeds">
      {!sent && <SeedFileDrop isFirst={files.length === 0} onFiles={add} />}
      <FileRows {...{ files, errors, sent }} onRename={rename} onRemove={remove} />
      {files.length > 0 && !sent && (
        <UploadOptions
          {...{ name, skipInvalid }}
          isMerging={files.length > 1}
          onName={setName}
          onSkip={setSkipInvalid}
        />
      )}
      <FieldError error={isOverLimit ? `A seed set can have at most ${MAX_SEED_FILES} files.` : undefined} />
      <FieldError error={state.phase === "idle" ? state.error : null} />
      {files.length > 0 && (
        <UploadButtons
          isUploading={sent !== null}
          isValid={name.trim() !== "" && !errors.some(Boolean)}
          onCancel={cancel}
        />
      )}
    </form>
  );
}

/** The selected files with their collections, and the name of the seed set, which the first file suggests. */
function useFileSelection(wanted: readonly string[]) {
  const [files, setFiles] = useState<readonly UploadFile[]>([]);
  const [name, setName] = useState("");
  const [isOverLimit, setIsOverLimit] = useState(false);
  const add = (added: readonly File[]) => {
    const all = [...files, ...added.map((file) => ({ collection: "", file }))];
    setIsOverLimit(all.length > MAX_SEED_FILES);
    setFiles(withNames(all.slice(0, MAX_SEED_FILES), wanted));
    const first = added[0];
    if (name === "" && first) setName(baseName(first.name));
  };
  const remove = (index: number) => setFiles(files.filter((_, at) => at !== index));
  const rename = (index: number, collection: string) =>
    setFiles(files.map((file, at) => (at === index ? { ...file, collection } : file)));
  const reset = () => {
    setFiles([]);
    setName("");
  };
  const errors = checkFiles(
    files.map(({ collection, file }) => ({ collection, fileName: file.name, bytes: file.size })),
  );
  return { files, name, setName, isOverLimit, errors, add, remove, rename, reset };
}

/** Names the collections of the files that have none yet. */
function withNames(files: readonly UploadFile[], wanted: readonly string[]): UploadFile[] {
  return files.map(({ collection, file }) => ({ collection: collection || nameFor(file, files.length, wanted), file }));
}

/** A single file takes the name the template expects, unless the template expects several collections. */
function nameFor(file: File, count: number, wanted: readonly string[]): string {
  if (count > 1 || wanted.length > 1) return collectionFor(file.name);
  return wanted[0] ?? DEFAULT_COLLECTION;
}

interface SeedFileDropProps {
  readonly isFirst: boolean;
  readonly onFiles: (files: readonly File[]) => void;
}

function SeedFileDrop({ isFirst, onFiles }: SeedFileDropProps) {
  return (
    <FileDrop
      title={isFirst ? "Choose files or drop them here" : "Add another file"}
      hint={`${SEED_FILE_EXTENSIONS.join(", ")}, optionally with .gz · up to 1 GB each`}
      accept={ACCEPTED_FILES}
      onFiles={onFiles}
    />
  );
}

interface FileRowsProps {
  readonly files: readonly UploadFile[];
  readonly errors: readonly (string | null)[];
  /** Bytes uploaded, by file; null while nothing is being uploaded. */
  readonly sent: readonly number[] | null;
  readonly onRename: (index: number, collection: string) => void;
  readonly onRemove: (index: number) => void;
}

function FileRows({ files, errors, sent, onRename, onRemove }: FileRowsProps) {
  if (files.length === 0) return null;
  return (
    <ul className="stack-tight">
      {files.map((file, index) => (
        <UploadRow
          key={index}
          file={file}
          error={errors[index] ?? null}
          sent={sent && (sent[index] ?? 0)}
          onRename={(collection) => onRename(index, collection)}
          onRemove={() => onRemove(index)}
        />
      ))}
    </ul>
  );
}

interface UploadOptionsProps {
  readonly name: string;
  readonly skipInvalid: boolean;
  /** Several files may form one collection. */
  readonly isMerging: boolean;
  readonly onName: (name: string) => void;
  readonly onSkip: (skipInvalid: boolean) => void;
}

function UploadOptions({ name, skipInvalid, isMerging, onName, onSkip }: UploadOptionsProps) {
  return (
    <>
      {isMerging && <p className="small faint">Files with the same collection name are concatenated.</p>}
      <TextField label="Seed set name" value={name} maxLength={100} onChange={(event) => onName(event.target.value)} />
      <div className="checks">
        <Checkbox label="Skip invalid rows and report them" checked={skipInvalid} onChange={onSkip} />
      </div>
    </>
  );
}

interface UploadButtonsProps {
  readonly isUploading: boolean;
  readonly isValid: boolean;
  readonly onCancel: () => void;
}

function UploadButtons({ isUploading, isValid, onCancel }: UploadButtonsProps) {
  return (
    <div className="row">
      <Button type="submit" variant="primary" icon="upload" busy={isUploading} disabled={!isValid}>
        {isUploading ? "Uploading…" : "Upload"}
      </Button>
      {isUploading && <Button onClick={onCancel}>Cancel</Button>}
    </div>
  );
}
