import { useState, type ReactNode } from "react";
import { useQuery } from "@apollo/client/react";
import { explainError } from "../../errors.ts";
import { SampleSeedSetsDocument, SeedSetsDocument, type SeedSetFieldsFragment } from "../../generated/documents.ts";
import { seedSetNamesakes } from "../../seeds/namesakes.ts";
import { describeCollections } from "../../seeds/messages.ts";
import { checkFit, isIncompatible } from "../../templates/fit.ts";
import type { Read } from "../../templates/reads.ts";
import { Button } from "../../ui/Button.tsx";
import { RadioCard } from "../../ui/RadioCard.tsx";
import { FieldError } from "../../ui/Field.tsx";
import { Notice, SkeletonCards } from "../../ui/States.tsx";
import { SeedUpload } from "../../seeds/upload/SeedUpload.tsx";

const SHOWN = 100;

export interface ChooseSeedsProps {
  readonly selectedId: string | null;
  /** What the template reads; empty while none is selected. */
  readonly reads: readonly Read[];
  readonly error: string | undefined;
  /** Whether the address named a seed set that does not exist, or not for this user. */
  readonly notFound: boolean;
  readonly onSelect: (seedSetId: string) => void;
  /** Whether the selected seeds fit; nothing while there is none. */
  readonly children?: ReactNode;
}

/** Step 2 of a new job: the seeds. They can be uploaded in place. */
export function ChooseSeeds({ selectedId, reads, error, notFound, onSelect, children }: ChooseSeedsProps) {
  const [uploading, setUploading] = useState(false);
  const mine = useQuery(SeedSetsDocument, { variables: { limit: SHOWN }, fetchPolicy: "cache-and-network" });
  const samples = useQuery(SampleSeedSetsDocument, { variables: { limit: SHOWN } });
  const all = [...(mine.data?.listSeedSets.items ?? []), ...(samples.data?.listSampleSeedSets.items ?? [])];
  const cannotUse = ({ status, collections }: SeedSetFieldsFragment) =>
    status === "READY" && isIncompatible(checkFit(reads, collections));
  const seedSets = all.toSorted((a, b) => Number(cannotUse(a)) - Number(cannotUse(b)));
  const distinctions = seedSetNamesakes(all);
  const failure = mine.error ?? samples.error;
  const confirmed = (seedSet: SeedSetFieldsFragment) => {
    setUploading(false);
    onSelect(seedSet.id);
  };
  return (
    <section className="stack wizard-step" id="field-seedSetId" aria-labelledby="choose-seeds">
      <h2 id="choose-seeds">
        <span className="step-number">2</span>Seeds
      </h2>
      <FieldError id="seeds-error" error={error} />
      {notFound && (
        <Notice tone="warn">
          The seed set in this address was not found: it may have been deleted, or may belong to someone else. Choose
          one below, or upload seeds.
        </Notice>
      )}
      {failure && <Notice tone="bad">{explainError(failure).text}</Notice>}
      {seedSets.length === 0 && !failure && <SkeletonCards count={2} label="Loading seed sets" />}
      <div
        className="choices"
        role="radiogroup"
        aria-labelledby="choose-seeds"
        aria-describedby={error && "seeds-error"}
      >
        {seedSets.map((seedSet) => (
          <RadioCard
            key={seedSet.id}
            name="seeds"
            title={seedSet.name}
            tag={cannotUse(seedSet) ? "Incompatible" : seedSet.isSample ? "Sample" : STATES[seedSet.status]}
            selected={seedSet.id === selectedId}
            disabled={seedSet.status === "REFUSED" || seedSet.status === "UPLOADING"}
            onSelect={() => onSelect(seedSet.id)}
          >
            {distinctions.has(seedSet.id) && <strong className="distinction">{distinctions.get(seedSet.id)}</strong>}
            {(seedSet.status === "REFUSED" && seedSet.statusReason) || describeCollections(seedSet)}
          </RadioCard>
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
      {children}
    </section>
  );
}

const STATES = {
  UPLOADING: "Upload incomplete",
  CHECKING: "Checking",
  GENERATING: "Generating",
  READY: undefined,
  REFUSED: "Rejected",
} as const;
