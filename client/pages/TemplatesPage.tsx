import { useQuery } from "@apollo/client/react";
import { Paged } from "../components/Paged.tsx";
import { TemplateCard } from "../components/TemplateCard.tsx";
import { SampleTemplatesDocument, TemplatesDocument } from "../generated/documents.ts";

const PAGE = 24;

/** My templates, and those that ship with the product. */
export default function TemplatesPage() {
  const mine = useQuery(TemplatesDocument, { variables: { limit: PAGE }, fetchPolicy: "cache-and-network" });
  const samples = useQuery(SampleTemplatesDocument, { variables: { limit: PAGE } });
  const mineList = mine.data?.listTemplates;
  const samplesList = samples.data?.listSampleTemplates;
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
      </div>
      <div className="stack sections">
        {mineList?.items.length !== 0 && (
          <section className="stack" aria-labelledby="mine">
            <h2 id="mine">Yours</h2>
            <Paged
              list={mineList}
              error={mine.error}
              onRetry={() => void mine.refetch().catch(() => undefined)}
              onMore={(nextToken) => mine.fetchMore({ variables: { nextToken } })}
              show={(template) => <TemplateCard template={template} />}
            />
          </section>
        )}
        <section className="stack" aria-labelledby="samples">
          <h2 id="samples">Samples</h2>
          <Paged
            list={samplesList}
            error={samples.error}
            onRetry={() => void samples.refetch().catch(() => undefined)}
            onMore={(nextToken) => samples.fetchMore({ variables: { nextToken } })}
            show={(template) => <TemplateCard template={template} />}
          />
        </section>
      </div>
    </>
  );
}
