import { useQuery } from "@apollo/client/react";
import { Link, useNavigate } from "react-router";
import { SummaryPanel } from "../summary/SummaryPanel.tsx";
import { TemplateVersionsDocument, type TemplateFieldsFragment } from "../../generated/documents.ts";
import { paths } from "../../paths.ts";
import { Entry, SummaryList } from "../../ui/SummaryList.tsx";
import { Time } from "../../ui/Time.tsx";
import { VERSIONS_SHOWN } from "./TemplateVersions.tsx";

/** A template's version, origin, columns, seed fields and cost. */
export function TemplateSummary({ template }: { readonly template: TemplateFieldsFragment }) {
  const { forkedFrom, tags } = template;
  return (
    <section className="card stack" aria-labelledby="summary-title">
      <h2 id="summary-title">Summary</h2>
      <SummaryList tall>
        <Entry name="Version">
          <VersionChoice template={template} />{" "}
          <span className="small faint">
            saved <Time at={template.createdAt} />
          </span>
        </Entry>
        {forkedFrom && (
          <Entry name="Copied from">
            <Link to={paths.template(forkedFrom.id, forkedFrom.version)}>{forkedFrom.name}</Link>{" "}
            <span className="small faint">version {forkedFrom.version}</span>
          </Entry>
        )}
        {tags.length > 0 && (
          <Entry name="Tags" className="chips">
            {tags.map((tag) =>
              template.publishedAt ? (
                <Link key={tag} className="chip" to={paths.templatesOf("public", { tag })}>
                  {tag}
                </Link>
              ) : (
                <span key={tag} className="chip">
                  {tag}
                </span>
              ),
            )}
          </Entry>
        )}
        <Entry name="Include as" className="mono small">
          {template.id}@{template.version}/…
        </Entry>
      </SummaryList>
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
