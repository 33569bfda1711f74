import { useState } from "react";
import { useQuery } from "@apollo/client/react";
import { Link, useNavigate } from "react-router";
import { Differences } from "../../editor/code/Differences.tsx";
import { explainError } from "../../errors.ts";
import {
  TemplateDocument,
  TemplateVersionsDocument,
  type TemplateVersionsQuery,
  type TemplateFieldsFragment,
} from "../../generated/documents.ts";
import { useAction } from "../../hooks/useAction.ts";
import { useRestoreTemplate } from "../../mutations/useRestoreTemplate.ts";
import { paths } from "../../paths.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button } from "../../ui/Button.tsx";
import { FieldError, SelectField } from "../../ui/Field.tsx";
import { Notice, Skeleton } from "../../ui/States.tsx";
import { Time } from "../../ui/Time.tsx";

export const VERSIONS_SHOWN = 40;

type Version = TemplateVersionsQuery["listTemplateVersions"]["items"][number];

/** The versions of a template, to compare and restore. */
export function TemplateVersions({ template }: { readonly template: TemplateFieldsFragment }) {
  const { data, error, fetchMore } = useQuery(TemplateVersionsDocument, {
    variables: { id: template.id, limit: VERSIONS_SHOWN },
    fetchPolicy: "cache-and-network",
  });
  const list = data?.listTemplateVersions;
  if (!list && error) return <Notice tone="bad">{explainError(error).text}</Notice>;
  if (!list) return <Skeleton height="6em" />;
  return (
    <section className="stack" aria-labelledby="versions-title">
      <h2 id="versions-title">Versions</h2>
      <ol className="card versions">
        {list.items.map((version) => (
          <VersionRow key={version.version} version={version} template={template} />
        ))}
      </ol>
      {list.nextToken && (
        <Button className="more" onClick={() => void fetchMore({ variables: { nextToken: list.nextToken } })}>
          Show more
        </Button>
      )}
      {list.items.length > 1 && <Compare id={template.id} versions={list.items} />}
    </section>
  );
}

function VersionRow({ version, template }: { readonly version: Version; readonly template: TemplateFieldsFragment }) {
  const navigate = useNavigate();
  const restoreTemplate = useRestoreTemplate();
  const { run, busy, error } = useAction(() => void navigate(paths.template(template.id)));
  const isLatest = version.version === template.latestVersion;
  return (
    <li className="version">
      <Link to={paths.template(template.id, version.version)} aria-current={version.version === template.version}>
        Version {version.version}
      </Link>
      <span className="small soft cut">{version.name}</span>
      {version.isPublished && <Badge tone="good">Published</Badge>}
      {isLatest && <Badge>Latest</Badge>}
      <span className="small faint">
        <Time at={version.createdAt} />
      </span>
      {template.isMine && !isLatest && (
        <Button
          icon="retry"
          busy={busy}
          title="Save this version again as the newest"
          aria-label={`Restore version ${version.version}`}
          onClick={() => void run(async () => void (await restoreTemplate(template.id, version.version)))}
        >
          Restore
        </Button>
      )}
      <FieldError error={error} />
    </li>
  );
}

/** Compares two versions, by default the two newest. */
function Compare({ id, versions }: { readonly id: string; readonly versions: readonly Version[] }) {
  const [open, setOpen] = useState(false);
  const [selected, setSelected] = useState<{ older?: number; newer?: number }>({});
  const newer = selected.newer ?? versions[0]!.version;
  const older = selected.older ?? versions[1]!.version;
  if (!open) {
    return (
      <Button className="start" onClick={() => setOpen(true)}>
        Compare versions
      </Button>
    );
  }
  const choice = (label: string, value: number, onSelect: (version: number) => void) => (
    <SelectField label={label} value={value} onChange={(event) => onSelect(Number(event.target.value))}>
      {versions.map(({ version }) => (
        <option key={version} value={version}>
          Version {version}
        </option>
      ))}
    </SelectField>
  );
  return (
    <div className="card stack">
      <div className="wizard-pair">
        {choice("From", older, (version) => setSelected({ ...selected, older: version }))}
        {choice("To", newer, (version) => setSelected({ ...selected, newer: version }))}
      </div>
      <Compared {...{ id, older, newer }} />
    </div>
  );
}

function Compared({ id, older, newer }: { readonly id: string; readonly older: number; readonly newer: number }) {
  const before = useQuery(TemplateDocument, { variables: { id, version: older } });
  const after = useQuery(TemplateDocument, { variables: { id, version: newer } });
  const error = before.error ?? after.error;
  if (error) return <Notice tone="bad">{explainError(error).text}</Notice>;
  if (!before.data || !after.data) return <Skeleton height="12em" />;
  return (
    <Differences
      older={before.data.getTemplate.source}
      newer={after.data.getTemplate.source}
      label={`From version ${older} to version ${newer}`}
    />
  );
}
