import { useState } from "react";
import { useQuery } from "@apollo/client/react";
import { Link, useParams, useSearchParams } from "react-router";
import { AcceptConditions } from "./AcceptConditions.tsx";
import { PageFailure } from "../../layout/PageError.tsx";
import { TemplateActions } from "./TemplateActions.tsx";
import { TemplateSteps } from "./TemplateSteps.tsx";
import { TemplateSummary } from "./TemplateSummary.tsx";
import { TemplateVersions } from "./TemplateVersions.tsx";
import { exportSource } from "../exportSource.ts";
import { Preview } from "../../editor/preview/Preview.tsx";
import { TemplateDocument, type TemplateFieldsFragment } from "../../generated/documents.ts";
import { paths } from "../../paths.ts";
import { categoryWords } from "../labels.ts";
import { Badge } from "../../ui/Badge.tsx";
import { Button, ButtonLink } from "../../ui/Button.tsx";
import { Code } from "../../ui/Code.tsx";
import { Icon } from "../../ui/Icon.tsx";
import { Notice, SkeletonCards } from "../../ui/States.tsx";

/** One template in one version: what it does, what it costs, and what its owner can do with it. */
export default function TemplatePage() {
  const { id = "" } = useParams();
  const [params] = useSearchParams();
  const asked = Number(params.get("version"));
  const version = Number.isInteger(asked) && asked > 0 ? asked : null;
  const { data, previousData, error, refetch } = useQuery(TemplateDocument, { variables: { id, version } });
  // While another version is read, or the same one again, the page keeps its place.
  const shown = data ?? (previousData?.getTemplate.id === id ? previousData : undefined);
  if (error) return <PageFailure error={error} what="template" onRetry={() => void refetch().catch(() => undefined)} />;
  if (shown) return <TemplateView key={id} template={shown.getTemplate} />;
  return <SkeletonCards count={3} label="Loading the template" />;
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
            {template.category && <Badge>{categoryWords(template.category)}</Badge>}
          </div>
          {template.description && <p>{template.description}</p>}
        </div>
        <div className="row">
          <TemplateActions template={template} />
          {!isLibrary && (
            <ButtonLink to={paths.newJob(wishOf(template))} look="primary" icon="plus">
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
          <TemplateSteps facts={template.analysis} />
          <AcceptConditions facts={template.analysis} />
          {!isLibrary && <Look template={template} />}
          <section className="stack" aria-labelledby="source-title">
            <div className="row-between">
              <h2 id="source-title">Source</h2>
              <Button icon="download" onClick={() => exportSource(template.name, template.source)}>
                Export
              </Button>
            </div>
            <Code label="The template as YAML" text={template.source} />
          </section>
          <TemplateVersions template={template} />
        </div>
        <TemplateSummary template={template} />
      </div>
    </>
  );
}

/** The latest version need not be named; an older one is what is looked at. A sample brings its seeds along. */
function wishOf({ id, version, latestVersion, sampleSeedSetId }: TemplateFieldsFragment) {
  return {
    templateId: id,
    templateVersion: version < latestVersion ? version : undefined,
    seedSetId: sampleSeedSetId ?? undefined,
  };
}

/** The template with seeds, before a job is made of it. */
function Look({ template }: { readonly template: TemplateFieldsFragment }) {
  const [seedSetId, setSeedSetId] = useState(template.sampleSeedSetId);
  return (
    <section className="stack" aria-labelledby="look-title">
      <h2 id="look-title">See it at work</h2>
      <Preview
        source={template.source}
        templateId={template.id}
        facts={template.analysis}
        isSound
        withoutFacts
        {...{ seedSetId }}
        onSeedSet={setSeedSetId}
      />
    </section>
  );
}
