import type { UploadFile } from "./useSeedUpload.ts";
import { Button } from "../../ui/Button.tsx";
import { TextField } from "../../ui/Field.tsx";
import { showBytes, showShare } from "../../ui/format.ts";
import { Meter } from "../../ui/Meter.tsx";

export interface UploadRowProps {
  readonly file: UploadFile;
  /** What is wrong with it; null when nothing is. */
  readonly fault: string | null;
  /** Bytes sent; null while nothing is being sent. */
  readonly sent: number | null;
  readonly onRename: (collection: string) => void;
  readonly onRemove: () => void;
}

/** One chosen file: what it will be called, and how far it is. */
export function UploadRow({ file: { file, collection }, fault, sent, onRename, onRemove }: UploadRowProps) {
  const share = file.size === 0 ? 0 : (sent ?? 0) / file.size;
  return (
    <li className="upload">
      <div className="row-between">
        <span className="cut">
          {file.name} <span className="small faint number">{showBytes(file.size)}</span>
        </span>
        {sent === null ? (
          <Button look="quiet" icon="cross" aria-label={`Remove ${file.name}`} onClick={onRemove} />
        ) : (
          <span className="small faint number">{share >= 1 ? "Sent" : showShare(share)}</span>
        )}
      </div>
      {sent === null ? (
        <TextField
          label="Its name in templates"
          value={collection}
          error={fault}
          spellCheck={false}
          onChange={(event) => onRename(event.target.value)}
        />
      ) : (
        <Meter
          label={`Sending ${file.name}`}
          text={showShare(share)}
          parts={[{ share, tone: share >= 1 ? "good" : "accent" }]}
        />
      )}
    </li>
  );
}
