import { useQuery } from "@apollo/client/react";
import { Link, useNavigate } from "react-router";
import { SummaryPanel } from "../summary/SummaryPanel.tsx";
import { TemplateVersionsDocument, type TemplateFieldsFragment } from "../../generated/documents.ts";
import { paths } from "../../paths.ts";
import { Time } from "../../ui/Time.tsx";
import { VERSIONS_SHOWN } from "./TemplateVersions.tsx";

/** A template's version, origin, columns, seed fields and cost. */
export function TemplateSummary({ template }: { readonly template: TemplateFieldsFragment }) {
  const { forkedFrom, tags } = template;
  return (
    <section className="card stack" aria-labelledby="summary-title">
      <h2 id="summary-title">Summary</h2>
      <dl className="summary-list summary-list-tall">
        <dt>Version</dt>
        <dd>
          <VersionChoice template={template} />{" "}
          <span className="small faint">
            saved <Time at={template.createdAt} />
          </span>
        </dd>
        {forkedFrom && (
          <>
            <dt>Copied from</dt>
            <dd>
              <Link to={paths.template(forkedFrom.id, forkedFrom.version)}>{forkedFrom.name}</Link>{" "}
              <span className="small faint">version {forkedFrom.version}</span>
            </dd>
          </>
        )}
        {tags.length > 0 && (
          <>
            <dt>Tags</dt>
            <dd className="chips">
              {tags.map((tag) => (
                <Link key={tag} className="chip" to={paths.templatesOf("public", { tag })}>
                  {tag}
                </Link>
              ))}
            </dd>
          </>
        )}
        <dt>Include as</dt>
        <dd className="mono small">
          {template.id}@{template.version}/…
        </dd>
      </dl>
      <SummaryPanel analysis={template.analysis} />
    </section>
  );
}

function VersionChoice({ template }: { readonly template: TemplateFieldsFragment }) {
  const navigate = useNavigate();
  const { data } = useQuery(TemplateVersionsDocument, { variables: { id: template.id, limit: VERSIONS_SHOWN } });
  const known = data?.listTemplateVersions.items.map(({ version }) => version) ?? [];
  const versions = known.includes(template.version) ? known : [...known, template.version];
  if (versions.length === 1) return <>{template.version}</>;
  return (
    <select
      className="input input-small"
      aria-label="Version"
      value={template.version}
      onChange={(event) => void navigate(paths.template(template.id, Number(event.target.value)))}
    >
      {versions.map((version) => (
        <option key={version} value={version}>
          {version === template.latestVersion ? `${version} (latest)` : version}
        </option>
      ))}
    </select>
  );
}
