import { useState } from "react";
import { useQuery } from "@apollo/client/react";
import { Link, useNavigate, useParams } from "react-router";
import { PageFailure } from "../../layout/PageError.tsx";
import { SeedFields } from "./SeedFields.tsx";
import { SeedItems } from "./SeedItems.tsx";
import { SkippedRows } from "./SkippedRows.tsx";
import { SeedStatusBadge } from "../../jobs/JobStatusBadge.tsx";
import { SeedSetDocument, type SeedSetFieldsFragment } from "../../generated/documents.ts";
import { useAfterConnect } from "../../link/Realtime.ts";
import { useAction } from "../../hooks/useAction.ts";
import { useDeleteSeedSet } from "../../mutations/useDeleteSeedSet.ts";
import { showUsd } from "../../money.ts";
import { paths } from "../../paths.ts";
import { describeCollections } from "../messages.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button, ButtonLink } from "../../ui/Button.tsx";
import { Dialog } from "../../ui/Dialog.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { Notice, SkeletonCards } from "../../ui/States.tsx";

/** One seed set with the fields that were found in it. */
export default function SeedSetPage() {
  const { id = "" } = useParams();
  const { data, error, refetch } = useQuery(SeedSetDocument, { variables: { id }, fetchPolicy: "cache-and-network" });
  useAfterConnect(() => void refetch().catch(() => undefined));
  if (data) return <SeedSetView seedSet={data.getSeedSet} />;
  if (error) return <PageFailure error={error} what="seed set" onRetry={() => void refetch().catch(() => undefined)} />;
  return <SkeletonCards count={2} label="Loading the seed set" />;
}

function SeedSetView({ seedSet }: { readonly seedSet: SeedSetFieldsFragment }) {
  return (
    <>
      <title>{`${seedSet.name} · Plot Palette`}</title>
      <Link to={paths.seeds} className="crumb">
        <Icon name="back" />
        Seeds
      </Link>
      <div className="page-head">
        <div>
          <div className="row">
            <h1>{seedSet.name}</h1>
            {seedSet.isSample ? <Badge tone="accent">Sample</Badge> : <SeedStatusBadge status={seedSet.status} />}
          </div>
          <p>{describeCollections(seedSet)}</p>
          {seedSet.spentNanos !== null && (
            <p className="small faint number">Made by a model for {showUsd(seedSet.spentNanos)}.</p>
          )}
        </div>
        <div className="row">
          {!seedSet.isSample && <DeleteButton seedSet={seedSet} />}
          {seedSet.status === "READY" && (
            <ButtonLink to={paths.newJob({ seedSetId: seedSet.id })} look="primary" icon="plus">
              Use in a job
            </ButtonLink>
          )}
        </div>
      </div>
      <div className="stack" aria-live="polite">
        <State seedSet={seedSet} />
        <SkippedRows seedSet={seedSet} />
        {seedSet.status === "READY" &&
          seedSet.collections.map((collection) => <SeedFields key={collection.name} collection={collection} />)}
      </div>
      {seedSet.status === "READY" && (
        <div className="after-head">
          <SeedItems seedSet={seedSet} />
        </div>
      )}
    </>
  );
}

function State({ seedSet: { status, statusReason } }: { readonly seedSet: SeedSetFieldsFragment }) {
  if (status === "UPLOADING")
    return (
      <Notice tone="warn">The files of this seed set were not sent whole. Delete it and upload them again.</Notice>
    );
  if (status === "REFUSED") return <Notice tone="bad">{statusReason ?? "The files cannot be used."}</Notice>;
  if (status === "READY") return statusReason ? <Notice>{statusReason}</Notice> : null;
  if (status === "GENERATING") {
    return (
      <div className="card checking">
        <span className="spinner" aria-hidden="true" />
        <p>
          A model is writing the items.{" "}
          <span className="soft">They show here as soon as they are done; you can leave this page.</span>
        </p>
      </div>
    );
  }
  return (
    <div className="card checking">
      <span className="spinner" aria-hidden="true" />
      <p>
        The files are being read. <span className="soft">Their fields show here as soon as that is done.</span>
      </p>
    </div>
  );
}

function DeleteButton({ seedSet }: { readonly seedSet: SeedSetFieldsFragment }) {
  const [asking, setAsking] = useState(false);
  const navigate = useNavigate();
  const deleteSeedSet = useDeleteSeedSet();
  const { run, busy, error } = useAction(() => navigate(paths.seeds));
  return (
    <>
      <Button icon="trash" onClick={() => setAsking(true)}>
        Delete
      </Button>
      {asking && (
        <Dialog
          title={`Delete “${seedSet.name}”?`}
          action="Delete"
          look="danger"
          {...{ busy, error }}
          onConfirm={() => void run(() => deleteSeedSet(seedSet.id))}
          onClose={() => setAsking(false)}
        >
          <p className="soft">Its files are removed. Datasets that were made from it stay.</p>
        </Dialog>
      )}
    </>
  );
}
