import { useCallback, useMemo, useRef, useState, type RefObject } from "react";
import { Link, useNavigate } from "react-router";
import type {
  TemplateAnalysisFieldsFragment,
  TemplateFieldsFragment,
  TemplateProblemFragment,
} from "../generated/documents.ts";
import { paths } from "../paths.ts";
import { useUsableSeedSets } from "../seeds/useSeedSets.ts";
import { useModels } from "../templates/useModels.ts";
import { Badge } from "../ui/Badge.tsx";
import { Icon } from "../ui/Icon.tsx";
import { Notice } from "../ui/States.tsx";
import { CodeEditor, type CodeEditorHandle } from "./code/CodeEditor.tsx";
import { ConflictNotice } from "./ConflictNotice.tsx";
import { EditorActions, type EditorActionsProps } from "./EditorActions.tsx";
import { Preview } from "./preview/Preview.tsx";
import { useTemplateCheck } from "./preview/useTemplateCheck.ts";
import { checkStateOf } from "../templates/checkState.ts";
import { ProblemList } from "./ProblemList.tsx";
import { RestoredNotice } from "./RestoredNotice.tsx";
import { StartFrom } from "./StartFrom.tsx";
import { UnsavedWarning } from "./UnsavedWarning.tsx";
import { useDraft } from "./useDraft.ts";
import { useSave } from "./useSave.ts";

export interface TemplateEditorProps {
  /** The template to edit; null for a new one. */
  readonly saved: TemplateFieldsFragment | null;
  /** Called when a new template is saved for the first time. */
  readonly onCreated?: (template: TemplateFieldsFragment) => void;
}

/** The source on one side, its preview on the other. */
export function TemplateEditor({ saved: initial, onCreated }: TemplateEditorProps) {
  const navigate = useNavigate();
  const editor = useRef<CodeEditorHandle>(null);
  const draft = useDraft(initial);
  const { saved, source } = draft;
  const check = useTemplateCheck(source, saved?.id ?? null);
  const checkState = checkStateOf(check);
  const analysis = useLatestAnalysis(check.data?.analysis);
  const [rendered, setRendered] = useState(NO_PROBLEMS);
  const problems = check.data?.problems.length ? check.data.problems : rendered;
  const [seedSetId, setSeedSetId] = useState(initial?.sampleSeedSetId ?? null);
  const completionData = useCompletionData(seedSetId);

  const goTo = useCallback((position: number) => editor.current?.goTo(position), []);
  const { requestSave, isWaiting } = useSave({
    draft,
    check: checkState,
    firstProblem: check.data?.problems[0]?.from ?? null,
    onProblem: goTo,
    onSaved(template) {
      if (saved) return;
      onCreated?.(template);
      void navigate(paths.editTemplate(template.id), { replace: true, state: { keepFocus: true } });
    },
  });
  const { restoredFrom } = draft;

  return (
    <div className="editor">
      <UnsavedWarning isUnsaved={draft.isUnsaved} isKept={draft.isKept} />
      <EditorHead
        {...{ draft, editor, isWaiting }}
        isChecking={checkState === "checking"}
        onSave={() => requestSave()}
      />
      <div className="stack">
        {restoredFrom && (
          <RestoredNotice changedAt={restoredFrom} onDiscard={() => editor.current?.replace(draft.discard())} />
        )}
        {!saved && !draft.isChanged && <StartFrom />}
        <SaveFailure {...{ draft, editor }} onOverwrite={requestSave} />
        <div className="editor-columns">
          <section className="editor-source" aria-label="Source">
            <CodeEditor
              ref={editor}
              initialText={source}
              problems={problems}
              completionData={completionData}
              onChange={draft.change}
            />
            <ProblemList problems={problems} isCurrent={check.isCurrent} error={check.error} onGoTo={goTo} />
          </section>
          <Preview
            {...{ source, analysis, seedSetId }}
            templateId={saved?.id ?? null}
            check={checkState}
            onSeedSet={setSeedSetId}
            onProblems={setRendered}
          />
        </div>
      </div>
    </div>
  );
}

const NO_PROBLEMS: readonly TemplateProblemFragment[] = [];

/** The analysis of the source when it last had no errors. */
function useLatestAnalysis(
  analysis: TemplateAnalysisFieldsFragment | null | undefined,
): TemplateAnalysisFieldsFragment | null {
  const [latest, setLatest] = useState<TemplateAnalysisFieldsFragment | null>(null);
  if (analysis && analysis !== latest) setLatest(analysis);
  return analysis ?? latest;
}

function useCompletionData(seedSetId: string | null) {
  const models = useModels();
  const seedSets = useUsableSeedSets();
  return useMemo(() => {
    const collections = seedSets.find(({ id }) => id === seedSetId)?.collections ?? [];
    return { models: models.filter(({ isUsable }) => isUsable), collections };
  }, [models, seedSets, seedSetId]);
}

interface PartProps {
  readonly draft: ReturnType<typeof useDraft>;
  readonly editor: RefObject<CodeEditorHandle | null>;
}

type EditorHeadProps = PartProps & Pick<EditorActionsProps, "isChecking" | "isWaiting" | "onSave">;

function EditorHead({ draft: { saved, source, isChanged, busy }, editor, ...actions }: EditorHeadProps) {
  return (
    <>
      <title>{`${saved?.name ?? "New template"} · Plot Palette`}</title>
      <Link to={saved ? paths.template(saved.id) : paths.templates} className="crumb">
        <Icon name="back" />
        {saved?.name ?? "Templates"}
      </Link>
      <div className="page-head">
        <div className="row">
          <h1>{saved ? `Edit ${saved.name}` : "New template"}</h1>
          {saved && <Badge>Version {saved.version}</Badge>}
          {isChanged && <Badge tone="warn">Unsaved changes</Badge>}
        </div>
        <EditorActions
          {...{ source, busy, ...actions }}
          name={saved?.name ?? "template"}
          isChanged={isChanged || !saved}
          onImport={(text) => editor.current?.replace(text)}
        />
      </div>
    </>
  );
}

/** Why the last save failed; a conflict offers a choice between the two versions. */
function SaveFailure({ draft, editor, onOverwrite }: PartProps & { onOverwrite: (version: number) => void }) {
  const { saved, source, error, reset } = draft;
  if (!error) return null;
  if (!error.isConflict || !saved) return <Notice tone="bad">{error.text}</Notice>;
  return (
    <ConflictNotice
      id={saved.id}
      text={error.text}
      mine={source}
      onOverwrite={onOverwrite}
      onDiscardMine={(template) => {
        reset(template);
        editor.current?.replace(template.source);
      }}
    />
  );
}
