import { useQuery } from "@apollo/client/react";
import { useState } from "react";
import { explainError } from "../errors.ts";
import { TemplateDocument, type TemplateFieldsFragment } from "../generated/documents.ts";
import { Button } from "../ui/Button.tsx";
import { Notice } from "../ui/States.tsx";
import { Differences } from "./code/Differences.tsx";

export interface ConflictNoticeProps {
  readonly id: string;
  /** The server's message. */
  readonly text: string;
  /** The source that could not be saved. */
  readonly mine: string;
  /** Saves mine on top of that version. */
  readonly onOverwrite: (version: number) => void;
  /** Continues with the newer version instead of mine. */
  readonly onDiscardMine: (template: TemplateFieldsFragment) => void;
}

/** A newer version was saved in the meantime: compare, overwrite or discard. Nothing is lost before that. */
export function ConflictNotice({ id, text, mine, onOverwrite, onDiscardMine }: ConflictNoticeProps) {
  const [comparing, setComparing] = useState(false);
  const { data, error } = useQuery(TemplateDocument, {
    variables: { id, version: null },
    fetchPolicy: "network-only",
  });
  const newer = data?.getTemplate;
  return (
    <>
      <Notice tone="warn">
        <div className="stack-tight">
          <p>{text}</p>
          {error && <p>{explainError(error).text}</p>}
          {newer && (
            <div className="row">
              <Button onClick={() => setComparing(!comparing)}>{comparing ? "Hide changes" : "Show changes"}</Button>
              <Button onClick={() => onOverwrite(newer.version)}>Save mine over version {newer.version}</Button>
              <Button onClick={() => onDiscardMine(newer)}>Discard mine and edit version {newer.version}</Button>
            </div>
          )}
        </div>
      </Notice>
      {comparing && newer && (
        <Differences older={newer.source} newer={mine} label={`From version ${newer.version} to mine`} />
      )}
    </>
  );
}
