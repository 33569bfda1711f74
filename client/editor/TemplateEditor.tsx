import { useCallback, useMemo, useRef, useState } from "react";
import { Link, useNavigate } from "react-router";
import type {
  TemplateAnalysisFieldsFragment,
  TemplateProblemFragment,
  TemplateFieldsFragment,
} from "../generated/documents.ts";
import { useModels } from "../templates/useModels.ts";
import { useUsableSeedSets } from "../seeds/useSeedSets.ts";
import { paths } from "../paths.ts";
import { Badge } from "../ui/Badge.tsx";
import { Icon } from "../ui/Icon.tsx";
import { Notice } from "../ui/States.tsx";
import { CodeEditor, type CodeEditorHandle } from "./code/CodeEditor.tsx";
import { ConflictNotice } from "./ConflictNotice.tsx";
import { EditorActions } from "./EditorActions.tsx";
import { FaultList } from "./ProblemList.tsx";
import { Preview } from "./preview/Preview.tsx";
import { StartFrom } from "./StartFrom.tsx";
import { UnsavedWarning } from "./UnsavedWarning.tsx";
import { useDraft } from "./useDraft.ts";
import { useTemplateCheck } from "./preview/useTemplateCheck.ts";

export interface TemplateEditorProps {
  /** What is to be changed; null for a new template. */
  readonly saved: TemplateFieldsFragment | null;
  /** Hears of a new template's first save. */
  readonly onMade?: (template: TemplateFieldsFragment) => void;
}

/** The source on one side, what becomes of it on the other. */
export function TemplateEditor({ saved: before, onMade }: TemplateEditorProps) {
  const navigate = useNavigate();
  const editor = useRef<CodeEditorHandle>(null);
  const draft = useDraft(before);
  const { saved, source, isChanged, isUnsaved } = draft;
  const check = useTemplateCheck(source, saved?.id ?? null);
  const facts = useLatestFacts(check.answer?.analysis);
  const [rendered, setRendered] = useState(NO_FAULTS);
  const faults = check.answer?.problems.length ? check.answer.problems : rendered;
  const [seedSetId, setSeedSetId] = useState(before?.sampleSeedSetId ?? null);
  const knowledge = useKnowledge(seedSetId);

  const goTo = useCallback((position: number) => editor.current?.goTo(position), []);
  const save = async (basedOn?: number) => {
    if (draft.busy) return;
    const known = check.isCurrent ? check.answer?.problems[0] : undefined;
    if (known) return goTo(known.from);
    const template = await draft.save(basedOn);
    if (!template || saved) return;
    onMade?.(template);
    void navigate(paths.editTemplate(template.id), { replace: true, state: { keepFocus: true } });
  };

  return (
    <div className="studio">
      <title>{`${saved?.name ?? "New template"} · Plot Palette`}</title>
      <UnsavedWarning isUnsaved={isUnsaved} />
      <Link to={saved ? paths.template(saved.id) : paths.templates} className="crumb">
        <Icon name="back" />
        {saved?.name ?? "Templates"}
      </Link>
      <div className="page-head">
        <div className="row">
          <h1>{saved ? `Edit ${saved.name}` : "New template"}</h1>
          {saved && <Badge>Version {saved.version}</Badge>}
          {isChanged && <Badge tone="warn">Not saved</Badge>}
        </div>
        <EditorActions
          name={saved?.name ?? "template"}
          source={source}
          isChanged={isChanged || !saved}
          busy={draft.busy}
          onImport={(text) => editor.current?.replace(text)}
          onSave={() => void save()}
        />
      </div>
      <div className="stack">
        {!saved && !isChanged && <StartFrom />}
        {draft.fault?.isConflict && saved && (
          <ConflictNotice
            id={saved.id}
            text={draft.fault.text}
            mine={source}
            onOverwrite={(version) => void save(version)}
            onTake={(template) => {
              draft.take(template);
              editor.current?.replace(template.source);
            }}
          />
        )}
        {draft.fault && !draft.fault.isConflict && <Notice tone="bad">{draft.fault.text}</Notice>}
        <div className="studio-columns">
          <section className="studio-source" aria-label="Source">
            <CodeEditor
              ref={editor}
              initialText={source}
              faults={faults}
              knowledge={knowledge}
              onChange={draft.setSource}
              onSave={() => void save()}
            />
            <FaultList faults={faults} isCurrent={check.isCurrent} error={check.error} onGoTo={goTo} />
          </section>
          <Preview
            {...{ source, facts, seedSetId }}
            templateId={saved?.id ?? null}
            isSound={check.isCurrent && check.answer?.problems.length === 0}
            onSeedSet={setSeedSetId}
            onFaults={setRendered}
          />
        </div>
      </div>
    </div>
  );
}

const NO_FAULTS: readonly TemplateProblemFragment[] = [];

/** What the template was when it was last without a fault. */
function useLatestFacts(
  facts: TemplateAnalysisFieldsFragment | null | undefined,
): TemplateAnalysisFieldsFragment | null {
  const [latest, setLatest] = useState<TemplateAnalysisFieldsFragment | null>(null);
  if (facts && facts !== latest) setLatest(facts);
  return facts ?? latest;
}

function useKnowledge(seedSetId: string | null) {
  const models = useModels();
  const seedSets = useUsableSeedSets();
  return useMemo(() => {
    const collections = seedSets.find(({ id }) => id === seedSetId)?.collections ?? [];
    return { models: models.filter(({ isUsable }) => isUsable), collections };
  }, [models, seedSets, seedSetId]);
}
