import { useQuery } from "@apollo/client/react";
import { Link, useSearchParams } from "react-router";
import { Paged } from "../../layout/Paged.tsx";
import { PublicTemplates } from "./PublicTemplates.tsx";
import { TemplateCard } from "./TemplateCard.tsx";
import { SampleTemplatesDocument, TemplatesDocument } from "../../generated/documents.ts";
import { paths } from "../../paths.ts";
import { ButtonLink } from "../../ui/Button.tsx";
import { Empty } from "../../ui/States.tsx";

const PAGE = 24;

/** My templates, those that ship with the product, and those that people published. */
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
            A template says what one record is made of: its steps, their prompts and models, and what they read from the
            seeds.
          </p>
        </div>
        <ButtonLink to={paths.newTemplate} look="primary" icon="plus">
          New template
        </ButtonLink>
      </div>
      <div className="stack">
        <nav className="tabs" aria-label="Whose templates">
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
  if (list?.items.length === 0) return <NoTemplates />;
  return (
    <Paged
      list={list}
      error={mine.error}
      onRetry={() => void mine.refetch().catch(() => undefined)}
      onMore={(nextToken) => mine.fetchMore({ variables: { nextToken } })}
      show={(template) => <TemplateCard template={template} />}
    />
  );
}

function Samples() {
  const samples = useQuery(SampleTemplatesDocument, { variables: { limit: PAGE } });
  return (
    <Paged
      list={samples.data?.listSampleTemplates}
      error={samples.error}
      onRetry={() => void samples.refetch().catch(() => undefined)}
      onMore={(nextToken) => samples.fetchMore({ variables: { nextToken } })}
      show={(template) => <TemplateCard template={template} />}
    />
  );
}

function NoTemplates() {
  const actions = (
    <>
      <ButtonLink to={paths.newTemplate} look="primary" icon="plus" large>
        New template
      </ButtonLink>
      <ButtonLink to={paths.templatesOf("samples")} large>
        See the samples
      </ButtonLink>
    </>
  );
  return (
    <Empty icon="file" title="No template of your own yet" actions={actions}>
      Write one, with its prompts shown as you type, or copy a sample and change it.
    </Empty>
  );
}
