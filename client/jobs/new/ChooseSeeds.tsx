import { useState } from "react";
import { useQuery } from "@apollo/client/react";
import { explainError } from "../../errors.ts";
import { SampleSeedSetsDocument, SeedSetsDocument, type SeedSetFieldsFragment } from "../../generated/documents.ts";
import { describeCollections } from "../../seeds/messages.ts";
import { checkFit, isRefused, type Fit } from "../../templates/fit.ts";
import type { Read } from "../../templates/reads.ts";
import { Button } from "../../ui/Button.tsx";
import { Choice } from "../../ui/RadioCard.tsx";
import { FieldError } from "../../ui/Field.tsx";
import { Notice, SkeletonCards } from "../../ui/States.tsx";
import { FitList } from "../../templates/FitList.tsx";
import { SeedUpload } from "../../seeds/upload/SeedUpload.tsx";

const SHOWN = 100;

export interface ChooseSeedsProps {
  readonly chosenId: string | null;
  /** What the template reads against the chosen seeds; null while one of them is not chosen. */
  readonly fits: readonly Fit[] | null;
  /** What the template reads; nothing while none is chosen. */
  readonly reads: readonly Read[];
  readonly error: string | undefined;
  readonly onChoose: (seedSetId: string) => void;
}

/** The second question of a new job: which seeds. They can be uploaded in place. */
export function ChooseSeeds({ chosenId, fits, reads, error, onChoose }: ChooseSeedsProps) {
  const [uploading, setUploading] = useState(false);
  const mine = useQuery(SeedSetsDocument, { variables: { limit: SHOWN }, fetchPolicy: "cache-and-network" });
  const samples = useQuery(SampleSeedSetsDocument, { variables: { limit: SHOWN } });
  const all = [...(mine.data?.listSeedSets.items ?? []), ...(samples.data?.listSampleSeedSets.items ?? [])];
  const isMisfit = ({ status, collections }: SeedSetFieldsFragment) =>
    status === "READY" && isRefused(checkFit(reads, collections));
  const seedSets = all.toSorted((a, b) => Number(isMisfit(a)) - Number(isMisfit(b)));
  const fault = mine.error ?? samples.error;
  const confirmed = (seedSet: SeedSetFieldsFragment) => {
    setUploading(false);
    onChoose(seedSet.id);
  };
  return (
    <section className="stack wizard-step" id="field-seedSetId" aria-labelledby="choose-seeds">
      <h2 id="choose-seeds">
        <span className="step-number">2</span>Seeds
      </h2>
      {fault && <Notice tone="bad">{explainError(fault).text}</Notice>}
      {seedSets.length === 0 && !fault && <SkeletonCards count={2} label="Loading seed sets" />}
      <div className="choices" role="radiogroup" aria-labelledby="choose-seeds">
        {seedSets.map((seedSet) => (
          <Choice
            key={seedSet.id}
            name="seeds"
            title={seedSet.name}
            tag={isMisfit(seedSet) ? "Does not fit" : seedSet.isSample ? "Sample" : STATES[seedSet.status]}
            chosen={seedSet.id === chosenId}
            disabled={seedSet.status === "REFUSED" || seedSet.status === "UPLOADING"}
            onChoose={() => onChoose(seedSet.id)}
          >
            {(seedSet.status === "REFUSED" && seedSet.statusReason) || describeCollections(seedSet)}
          </Choice>
        ))}
      </div>
      {uploading ? (
        <div className="card">
          <SeedUpload wanted={[...new Set(reads.map(({ collection }) => collection))]} onConfirmed={confirmed} />
        </div>
      ) : (
        <Button className="start" icon="upload" onClick={() => setUploading(true)}>
          Upload seeds
        </Button>
      )}
      {fits && fits.length > 0 && <FitCard fits={fits} />}
      <FieldError error={error} />
    </section>
  );
}

const STATES = {
  UPLOADING: "Not sent whole",
  CHECKING: "Checking",
  GENERATING: "Generating",
  READY: undefined,
  REFUSED: "Refused",
} as const;

function FitCard({ fits }: { readonly fits: readonly Fit[] }) {
  return (
    <div className="card stack-tight">
      <h3>{isRefused(fits) ? "These seeds do not fit the template" : "The template reads, and these seeds have"}</h3>
      <FitList fits={fits} />
    </div>
  );
}
