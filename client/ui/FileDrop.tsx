import { useState, type DragEvent } from "react";
import { Icon } from "./Icon.tsx";

export interface FileDropProps {
  readonly title: string;
  readonly hint: string;
  /** File extensions, comma-separated, as the file input's `accept`. */
  readonly accept: string;
  readonly onFiles: (files: File[]) => void;
}

/** Takes files by drag and drop or through the file picker. */
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
          // So that the same file can be selected again after it was removed.
          event.target.value = "";
        }}
      />
    </label>
  );
}
