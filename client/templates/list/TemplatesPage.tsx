import { useQuery } from "@apollo/client/react";
import { Link, useSearchParams } from "react-router";
import { Paged } from "../../layout/Paged.tsx";
import { PublicTemplates } from "./PublicTemplates.tsx";
import { TemplateCard } from "./TemplateCard.tsx";
import { SampleTemplatesDocument, TemplatesDocument } from "../../generated/documents.ts";
import { paths } from "../../paths.ts";
import { templateNamesakes } from "../namesakes.ts";
import { ButtonLink } from "../../ui/Button.tsx";
import { EmptyState } from "../../ui/States.tsx";

const PAGE = 24;

/** My templates, the samples, and published templates. */
export default function TemplatesPage() {
  const [params] = useSearchParams();
  const tab = TABS.find(({ name }) => name === params.get("tab"))?.name ?? "mine";
  return (
    <>
      <title>Templates · Plot Palette</title>
      <div className="page-head">
        <div>
          <h1>Templates</h1>
          <p>
            A template defines how one record is generated: its steps, their prompts and models, and the seed fields
            they read.
          </p>
        </div>
        <ButtonLink to={paths.newTemplate} variant="primary" icon="plus">
          New template
        </ButtonLink>
      </div>
      <div className="stack">
        <nav className="tabs" aria-label="Templates by owner">
          {TABS.map(({ name, title }) => (
            <Link
              key={name}
              to={paths.templatesOf(name)}
              className="tab"
              aria-current={name === tab ? "page" : undefined}
            >
              {title}
            </Link>
          ))}
        </nav>
        {tab === "mine" && <Mine />}
        {tab === "samples" && <Samples />}
        {tab === "public" && <PublicTemplates />}
      </div>
    </>
  );
}

const TABS = [
  { name: "mine", title: "Yours" },
  { name: "samples", title: "Samples" },
  { name: "public", title: "Published" },
] as const;

function Mine() {
  const mine = useQuery(TemplatesDocument, { variables: { limit: PAGE }, fetchPolicy: "cache-and-network" });
  const list = mine.data?.listTemplates;
  const distinctions = templateNamesakes(list?.items ?? []);
  if (list?.items.length === 0) return <NoTemplates />;
  return (
    <Paged
      list={list}
      error={mine.error}
      onRetry={() => void mine.refetch().catch(() => undefined)}
      onMore={(nextToken) => mine.fetchMore({ variables: { nextToken } })}
      show={(template) => <TemplateCard template={template} distinction={distinctions.get(template.id)} />}
    />
  );
}

function Samples() {
  const samples = useQuery(SampleTemplatesDocument, { variables: { limit: PAGE } });
  const distinctions = templateNamesakes(samples.data?.listSampleTemplates.items ?? []);
  return (
    <Paged
      list={samples.data?.listSampleTemplates}
      error={samples.error}
      onRetry={() => void samples.refetch().catch(() => undefined)}
      onMore={(nextToken) => samples.fetchMore({ variables: { nextToken } })}
      show={(template) => <TemplateCard template={template} distinction={distinctions.get(template.id)} />}
    />
  );
}

function NoTemplates() {
  const actions = (
    <>
      <ButtonLink to={paths.newTemplate} variant="primary" icon="plus" large>
        New template
      </ButtonLink>
      <ButtonLink to={paths.templatesOf("samples")} large>
        See the samples
      </ButtonLink>
    </>
  );
  return (
    <EmptyState icon="file" title="No templates yet" actions={actions}>
      Write one with a live preview of its prompts, or copy a sample and edit it.
    </EmptyState>
  );
}
