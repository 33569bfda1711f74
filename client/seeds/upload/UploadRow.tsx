import type { UploadFile } from "../../mutations/useCreateSeedSet.ts";
import { Button } from "../../ui/Button.tsx";
import { TextField } from "../../ui/Field.tsx";
import { showBytes, showShare } from "../../ui/format.ts";
import { Meter } from "../../ui/Meter.tsx";

export interface UploadRowProps {
  readonly file: UploadFile;
  /** Why it cannot be uploaded; null when it can. */
  readonly error: string | null;
  /** Bytes uploaded; null while nothing is being uploaded. */
  readonly sent: number | null;
  readonly onRename: (collection: string) => void;
  readonly onRemove: () => void;
}

/** One selected file with its collection name and upload progress. */
export function UploadRow({ file: { file, collection }, error, sent, onRename, onRemove }: UploadRowProps) {
  const share = file.size === 0 ? 0 : (sent ?? 0) / file.size;
  return (
    <li className="upload">
      <div className="row-between">
        <span className="cut">
          {file.name} <span className="small faint number">{showBytes(file.size)}</span>
        </span>
        {sent === null ? (
          <Button variant="quiet" icon="cross" aria-label={`Remove ${file.name}`} onClick={onRemove} />
        ) : (
          <span className="small faint number">{share >= 1 ? "Uploaded" : showShare(share)}</span>
        )}
      </div>
      {sent === null ? (
        <TextField
          label="Collection name"
          value={collection}
          error={error}
          spellCheck={false}
          onChange={(event) => onRename(event.target.value)}
        />
      ) : (
        <Meter
          label={`Uploading ${file.name}`}
          text={showShare(share)}
          parts={[{ share, tone: share >= 1 ? "good" : "accent" }]}
        />
      )}
    </li>
  );
}
