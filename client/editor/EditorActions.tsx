import type { ChangeEvent } from "react";
import { Button } from "../ui/Button.tsx";
import { Icon } from "../ui/Icon.tsx";
import { exportSource } from "../templates/exportSource.ts";

export interface EditorActionsProps {
  /** The template's name, for the exported file. */
  readonly name: string;
  readonly source: string;
  readonly isChanged: boolean;
  readonly busy: boolean;
  /** Whether the text is being checked. */
  readonly isChecking: boolean;
  /** Whether it will be saved once that has found no errors. */
  readonly isWaiting: boolean;
  readonly onImport: (source: string) => void;
  readonly onSave: () => void;
}

/** Imports, exports and saves the source. */
export function EditorActions(props: EditorActionsProps) {
  const { name, source, isChanged, busy, isChecking, isWaiting, onImport, onSave } = props;
  const read = async (event: ChangeEvent<HTMLInputElement>) => {
    const file = event.target.files?.[0];
    event.target.value = "";
    if (file) onImport(await file.text());
  };
  return (
    <div className="row">
      <label className="button">
        <Icon name="upload" />
        Import
        <input
          className="visually-hidden"
          type="file"
          accept=".yaml,.yml,.json"
          aria-label="Import a template file"
          onChange={(event) => void read(event)}
        />
      </label>
      <Button icon="download" onClick={() => exportSource(name, source)}>
        Export
      </Button>
      <Button
        variant="primary"
        icon="check"
        busy={busy || isWaiting}
        disabled={!isChanged}
        title={isChecking ? "Checking…" : "Ctrl+S or ⌘S"}
        onClick={onSave}
      >
        {isWaiting ? "Checking…" : isChanged ? "Save" : "Saved"}
      </Button>
    </div>
  );
}
