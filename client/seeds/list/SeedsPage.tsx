import { useState } from "react";
import { useQuery } from "@apollo/client/react";
import { useNavigate } from "react-router";
import { GenerateSeedsDialog } from "../generate/GenerateSeedsDialog.tsx";
import { Paged } from "../../layout/Paged.tsx";
import { SeedSetCard } from "./SeedSetCard.tsx";
import { SeedUpload } from "../upload/SeedUpload.tsx";
import { SampleSeedSetsDocument, SeedSetsDocument } from "../../generated/documents.ts";
import { useAfterConnect } from "../../link/Realtime.ts";
import { paths } from "../../paths.ts";
import { seedSetNamesakes } from "../namesakes.ts";
import { Button } from "../../ui/Button.tsx";

const PAGE = 24;

/** My seed sets and the samples, with the upload form. */
export default function SeedsPage() {
  const openSeedSet = useOpenSeedSet();
  const [uploading, setUploading] = useState(false);
  const mine = useQuery(SeedSetsDocument, { variables: { limit: PAGE }, fetchPolicy: "cache-and-network" });
  useAfterConnect(() => mine.refetch());
  const list = mine.data?.listSeedSets;
  const distinctions = seedSetNamesakes(list?.items ?? []);
  const isFirst = list?.items.length === 0;
  // Stays open: a new seed set is listed before its files are uploaded.
  if (isFirst && !uploading) setUploading(true);
  return (
    <>
      <title>Seeds · Plot Palette</title>
      <SeedsHead isUploading={uploading} onUpload={() => setUploading(true)} />
      <div className="stack sections">
        {uploading && (
          <section className="card stack" aria-labelledby="upload-title">
            <h2 id="upload-title">{isFirst ? "Upload your first seed set" : "Upload a seed set"}</h2>
            <SeedUpload onConfirmed={openSeedSet} />
          </section>
        )}
        {!isFirst && (
          <section className="stack" aria-labelledby="mine">
            <h2 id="mine">Yours</h2>
            <Paged
              list={list}
              error={mine.error}
              onRetry={() => void mine.refetch().catch(() => undefined)}
              onMore={(nextToken) => mine.fetchMore({ variables: { nextToken } })}
              show={(seedSet) => <SeedSetCard seedSet={seedSet} distinction={distinctions.get(seedSet.id)} />}
            />
          </section>
        )}
        <Samples />
      </div>
    </>
  );
}

function useOpenSeedSet() {
  const navigate = useNavigate();
  return ({ id }: { readonly id: string }) => void navigate(paths.seedSet(id));
}

interface SeedsHeadProps {
  readonly isUploading: boolean;
  readonly onUpload: () => void;
}

function SeedsHead({ isUploading, onUpload }: SeedsHeadProps) {
  const openSeedSet = useOpenSeedSet();
  const [generating, setGenerating] = useState(false);
  return (
    <div className="page-head">
      <div>
        <h1>Seeds</h1>
        <p>Seeds are your own data. Templates sample from them, so that every record is different.</p>
      </div>
      <div className="row">
        <Button icon="spark" onClick={() => setGenerating(true)}>
          Generate seeds
        </Button>
        {!isUploading && (
          <Button variant="primary" icon="upload" onClick={onUpload}>
            Upload seeds
          </Button>
        )}
      </div>
      {generating && <GenerateSeedsDialog onCreated={openSeedSet} onClose={() => setGenerating(false)} />}
    </div>
  );
}

function Samples() {
  const samples = useQuery(SampleSeedSetsDocument, { variables: { limit: PAGE } });
  const distinctions = seedSetNamesakes(samples.data?.listSampleSeedSets.items ?? []);
  return (
    <section className="stack" aria-labelledby="samples">
      <h2 id="samples">Samples</h2>
      <Paged
        list={samples.data?.listSampleSeedSets}
        error={samples.error}
        onRetry={() => void samples.refetch().catch(() => undefined)}
        onMore={(nextToken) => samples.fetchMore({ variables: { nextToken } })}
        show={(seedSet) => <SeedSetCard seedSet={seedSet} distinction={distinctions.get(seedSet.id)} />}
      />
    </section>
  );
}
