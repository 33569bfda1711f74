import { Link } from "react-router";
import type { SeedSetFieldsFragment } from "../../generated/documents.ts";
import { paths } from "../../paths.ts";
import { describeCollections } from "../messages.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Time } from "../../ui/Time.tsx";
import { SeedStatusBadge } from "../SeedStatusBadge.tsx";

export interface SeedSetCardProps {
  readonly seedSet: SeedSetFieldsFragment;
  /** What tells it from others of its name in the list; nothing when it is the only one. */
  readonly distinction: string | undefined;
}

/** A seed set in the list. */
export function SeedSetCard({ seedSet, distinction }: SeedSetCardProps) {
  return (
    <Link to={paths.seedSet(seedSet.id)} className="card card-link">
      <div className="row">
        {seedSet.isSample ? <Badge tone="accent">Sample</Badge> : <SeedStatusBadge status={seedSet.status} />}
      </div>
      <h2>{seedSet.name}</h2>
      <p className="small soft">{describeCollections(seedSet)}</p>
      {seedSet.statusReason && (
        <p className={seedSet.status === "REFUSED" ? "small bad-text" : "small faint"}>{seedSet.statusReason}</p>
      )}
      {distinction && <p className="small soft distinction">{distinction}</p>}
      {!seedSet.isSample && !distinction && (
        <p className="small faint">
          Added <Time at={seedSet.createdAt} />
        </p>
      )}
    </Link>
  );
}
