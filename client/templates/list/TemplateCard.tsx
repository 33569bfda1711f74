import { Link } from "react-router";
import type { TemplateCard_TemplateFragment } from "../../generated/documents.ts";
import { paths } from "../../paths.ts";
import { categoryLabel } from "../labels.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Time } from "../../ui/Time.tsx";

export interface TemplateCardProps {
  readonly template: TemplateCard_TemplateFragment;
  /** What tells it from others of its name in the list; nothing when it is the only one. */
  readonly distinction: string | undefined;
}

/** A template in a list. */
export function TemplateCard({ template, distinction }: TemplateCardProps) {
  return (
    <Link to={paths.template(template.id)} className="card card-link">
      <div className="row">
        {template.isSample && <Badge tone="accent">Sample</Badge>}
        {template.publishedAt && <Badge tone="good">{template.isMine ? "Published by you" : "Published"}</Badge>}
        {template.stepCount === 0 && <Badge>Library</Badge>}
        {template.category && <Badge>{categoryLabel(template.category)}</Badge>}
      </div>
      <h2>{template.name}</h2>
      {template.description && <p className="small soft">{template.description}</p>}
      {template.tags.length > 0 && <p className="small faint">{template.tags.map((tag) => `#${tag}`).join(" ")}</p>}
      {distinction && <p className="small soft distinction">{distinction}</p>}
      {!template.isSample && !distinction && (
        <p className="small faint">
          Version {template.latestVersion} · <Time at={template.updatedAt} />
        </p>
      )}
    </Link>
  );
}
