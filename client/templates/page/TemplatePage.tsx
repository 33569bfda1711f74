import { useState } from "react";
import { useQuery } from "@apollo/client/react";
import { Link, useParams, useSearchParams } from "react-router";
import { AcceptConditions } from "./AcceptConditions.tsx";
import { PageError } from "../../layout/PageError.tsx";
import { TemplateActions } from "./TemplateActions.tsx";
import { TemplateSteps } from "./TemplateSteps.tsx";
import { TemplateSummary } from "./TemplateSummary.tsx";
import { TemplateVersions } from "./TemplateVersions.tsx";
import { exportSource } from "../exportSource.ts";
import { Preview } from "../../editor/preview/Preview.tsx";
import { TemplateDocument, type TemplateFieldsFragment } from "../../generated/documents.ts";
import { paths } from "../../paths.ts";
import { categoryLabel } from "../labels.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button, ButtonLink } from "../../ui/Button.tsx";
import { Code } from "../../ui/Code.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { Notice, SkeletonCards } from "../../ui/States.tsx";

/** One version of a template: its steps, cost and actions. */
export default function TemplatePage() {
  const { id = "" } = useParams();
  const [params] = useSearchParams();
  const requested = Number(params.get("version"));
  const version = Number.isInteger(requested) && requested > 0 ? requested : null;
  const { data, previousData, error, refetch } = useQuery(TemplateDocument, { variables: { id, version } });
  // While another version, or the same one again, is loading, the page keeps its place.
  const shown = data ?? (previousData?.getTemplate.id === id ? previousData : undefined);
  if (error) return <PageError error={error} what="template" onRetry={() => void refetch().catch(() => undefined)} />;
  if (shown) return <TemplateView key={id} template={shown.getTemplate} />;
  return <SkeletonCards count={3} label="Loading template" />;
}

function TemplateView({ template }: { readonly template: TemplateFieldsFragment }) {
  const isLibrary = template.analysis.steps.length === 0;
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
            {template.publishedVersions.includes(template.version) && <Badge tone="good">Published</Badge>}
            {isLibrary && <Badge>Library</Badge>}
            {template.category && <Badge>{categoryLabel(template.category)}</Badge>}
          </div>
          {template.description && <p>{template.description}</p>}
        </div>
        <div className="row">
          <TemplateActions template={template} />
          {!isLibrary && (
            <ButtonLink to={paths.newJob(newJobParams(template))} variant="primary" icon="plus">
              Use in a job
            </ButtonLink>
          )}
        </div>
      </div>
      {template.version < template.latestVersion && (
        <Notice>
          This is version {template.version}.{" "}
          <Link to={paths.template(template.id)}>Version {template.latestVersion} is the latest.</Link>
        </Notice>
      )}
      <div className="job-columns after-head">
        <div className="stack sections">
          <TemplateSteps analysis={template.analysis} />
          <AcceptConditions analysis={template.analysis} />
          {!isLibrary && <TemplatePreview template={template} />}
          <section className="stack" aria-labelledby="source-title">
            <div className="row-between">
              <h2 id="source-title">Source</h2>
              <Button icon="download" onClick={() => exportSource(template.name, template.source)}>
                Export
              </Button>
            </div>
            <Code label="Template source" text={template.source} />
          </section>
          <TemplateVersions template={template} />
        </div>
        <TemplateSummary template={template} />
      </div>
    </>
  );
}

/** Preselects this version, unless it is the latest, and the seeds of a sample. */
function newJobParams({ id, version, latestVersion, sampleSeedSetId }: TemplateFieldsFragment) {
  return {
    templateId: id,
    templateVersion: version < latestVersion ? version : undefined,
    seedSetId: sampleSeedSetId ?? undefined,
  };
}

/** The template with seeds, before it is used in a job. */
function TemplatePreview({ template }: { readonly template: TemplateFieldsFragment }) {
  const [seedSetId, setSeedSetId] = useState(template.sampleSeedSetId);
  return (
    <section className="stack" aria-labelledby="preview-title">
      <h2 id="preview-title">Preview</h2>
      <Preview
        source={template.source}
        templateId={template.id}
        analysis={template.analysis}
        check="valid"
        hideSummary
        {...{ seedSetId }}
        onSeedSet={setSeedSetId}
      />
    </section>
  );
}
