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
  readonly onImport: (source: string) => void;
  readonly onSave: () => void;
}

/** What can be done with the source: bring one in, take it along, save it. */
export function EditorActions({ name, source, isChanged, busy, onImport, onSave }: EditorActionsProps) {
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
          aria-label="Import a template's file"
          onChange={(event) => void read(event)}
        />
      </label>
      <Button icon="download" onClick={() => exportSource(name, source)}>
        Export
      </Button>
      <Button look="primary" icon="check" busy={busy} disabled={!isChanged} title="Ctrl+S or ⌘S" onClick={onSave}>
        {isChanged ? "Save" : "Saved"}
      </Button>
    </div>
  );
}
