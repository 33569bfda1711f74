import type { SeedSetFieldsFragment } from "../../generated/documents.ts";
import { useAction } from "../../hooks/useAction.ts";
import { useFilterSeedSet } from "../../mutations/useFilterSeedSet.ts";
import { isIncompatible, mayFitInPart, type Fit } from "../../templates/fit.ts";
import { FitList } from "../../templates/FitList.tsx";
import { Button } from "../../ui/Button.tsx";
import { Notice } from "../../ui/States.tsx";

export interface FitCardProps {
  /** What the template reads, checked against the seeds. */
  readonly fits: readonly Fit[];
  readonly template: { readonly id: string; readonly version: number; readonly name: string };
  readonly seedSet: SeedSetFieldsFragment;
  /** Selects the seed set made of the items that fit. */
  readonly onFiltered: (seedSetId: string) => void;
}

/** Whether the selected seeds have what the template reads; where only some items do, the others can be left out. */
export function FitCard({ fits, template, seedSet, onFiltered }: FitCardProps) {
  const filterSeedSet = useFilterSeedSet();
  const { run, busy, error } = useAction();
  const leaveOut = async () => {
    const name = `${seedSet.name.slice(0, 60)} for ${template.name}`.slice(0, 100);
    const ids = { seedSetId: seedSet.id, templateId: template.id, templateVersion: template.version };
    onFiltered((await filterSeedSet({ name, ...ids })).id);
  };
  return (
    <div className="card stack-tight">
      <h3>{isIncompatible(fits) ? "These seeds lack required fields" : "Required fields"}</h3>
      <FitList fits={fits} />
      {mayFitInPart(fits) && (
        <>
          <p className="small soft">
            Items that lack what the template cannot do without can be left out: you continue with a new seed set, and “
            {seedSet.name}” stays as it is.
          </p>
          <Button className="start" busy={busy} onClick={() => void run(leaveOut)}>
            Leave out items that do not fit
          </Button>
        </>
      )}
      {error && <Notice tone="bad">{error}</Notice>}
    </div>
  );
}
