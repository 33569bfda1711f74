import { useState, type DragEvent } from "react";
import { Icon } from "./Icon.tsx";

export interface FileDropProps {
  readonly title: string;
  readonly hint: string;
  /** Endings, comma-separated, as the file chooser understands them. */
  readonly accept: string;
  readonly onFiles: (files: File[]) => void;
}

/** Takes files by dropping them or through the file chooser. */
export function FileDrop({ title, hint, accept, onFiles }: FileDropProps) {
  const [over, setOver] = useState(false);
  const drop = (event: DragEvent) => {
    event.preventDefault();
    setOver(false);
    onFiles([...event.dataTransfer.files]);
  };
  const dragOver = (event: DragEvent) => {
    event.preventDefault();
    setOver(true);
  };
  return (
    <label
      className={over ? "drop drop-over" : "drop"}
      onDragOver={dragOver}
      onDragLeave={() => setOver(false)}
      onDrop={drop}
    >
      <Icon name="upload" />
      <strong>{title}</strong>
      <span className="small">{hint}</span>
      <input
        className="visually-hidden"
        type="file"
        multiple
        accept={accept}
        onChange={(event) => {
          onFiles([...(event.target.files ?? [])]);
          // So that the same file can be chosen again after it was removed.
          event.target.value = "";
        }}
      />
    </label>
  );
}
