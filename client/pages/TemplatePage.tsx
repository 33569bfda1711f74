import { useQuery } from "@apollo/client/react";
import { Link, useNavigate, useParams, useSearchParams } from "react-router";
import { PageFailure } from "../components/PageFailure.tsx";
import { TemplateSteps } from "../components/TemplateSteps.tsx";
import { TemplateDocument, type TemplateFactsFragment } from "../generated/documents.ts";
import { showUsd } from "../money.ts";
import { paths } from "../paths.ts";
import { categoryWords, readName } from "../templates/words.ts";
import { Badge } from "../ui/Badge.tsx";
import { ButtonLink } from "../ui/Button.tsx";
import { Code } from "../ui/Code.tsx";
import { Icon } from "../ui/Icon.tsx";
import { SkeletonCards } from "../ui/States.tsx";
import { Time } from "../ui/Time.tsx";

/** One template in one version, to be read. */
export default function TemplatePage() {
  const { id = "" } = useParams();
  const [params] = useSearchParams();
  const asked = Number(params.get("version"));
  const version = Number.isInteger(asked) && asked > 0 ? asked : null;
  const { data, error, refetch } = useQuery(TemplateDocument, { variables: { id, version } });
  if (data) return <TemplateView template={data.getTemplate} />;
  if (error) return <PageFailure error={error} what="template" onRetry={() => void refetch().catch(() => undefined)} />;
  return <SkeletonCards count={3} label="Loading the template" />;
}

function TemplateView({ template }: { readonly template: TemplateFactsFragment }) {
  return (
    <>
      <title>{`${template.name} · Plot Palette`}</title>
      <Link to={paths.templates} className="crumb">
        <Icon name="back" />
        Templates
      </Link>
      <div className="page-head">
        <div>
          <div className="row">
            <h1>{template.name}</h1>
            {template.isSample && <Badge tone="accent">Sample</Badge>}
            {template.category && <Badge>{categoryWords(template.category)}</Badge>}
          </div>
          {template.description && <p>{template.description}</p>}
        </div>
        <ButtonLink to={paths.newJob({ templateId: template.id })} look="primary" icon="plus">
          Use in a job
        </ButtonLink>
      </div>
      <div className="job-columns">
        <div className="stack">
          <TemplateSteps steps={template.steps} />
          <section className="stack" aria-labelledby="source-title">
            <h2 id="source-title">Source</h2>
            <Code label="The template as YAML" text={template.source} />
          </section>
        </div>
        <Facts template={template} />
      </div>
    </>
  );
}

function Facts({ template }: { readonly template: TemplateFactsFragment }) {
  return (
    <section className="card stack" aria-labelledby="facts-title">
      <h2 id="facts-title">In short</h2>
      <dl className="facts facts-tall">
        <dt>Version</dt>
        <dd>
          <VersionChoice template={template} />{" "}
          <span className="small faint">
            saved <Time at={template.createdAt} />
          </span>
        </dd>
        <dt>A record at most</dt>
        <dd className="number">{showUsd(template.recordBoundNanos)}</dd>
        <dt>Columns</dt>
        <dd className="chips">
          {["id", ...template.columns].map((column) => (
            <span key={column} className="chip mono">
              {column}
            </span>
          ))}
        </dd>
        <dt>Reads</dt>
        <dd className="chips">
          {template.reads.length === 0 && <span className="soft">nothing from the seeds</span>}
          {template.reads.map((read) => (
            <span key={readName(read)} className="chip mono">
              {readName(read)}
              {!read.required && <span className="faint"> if there</span>}
            </span>
          ))}
        </dd>
      </dl>
    </section>
  );
}

function VersionChoice({ template }: { readonly template: TemplateFactsFragment }) {
  const navigate = useNavigate();
  if (template.latestVersion === 1) return <>1</>;
  const versions = Array.from({ length: template.latestVersion }, (_, index) => template.latestVersion - index);
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
