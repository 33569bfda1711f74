import { useEffect, useState } from "react";
import { useQuery } from "@apollo/client/react";
import { explainError } from "../../errors.ts";
import { SeedItemsDocument, type SeedItemsQuery, type SeedSetFieldsFragment } from "../../generated/documents.ts";
import { Button } from "../../ui/Button.tsx";
import { SelectField, TextField } from "../../ui/Field.tsx";
import { showCount } from "../../ui/format.ts";
import { Notice, Skeleton } from "../../ui/States.tsx";
import { Tabs } from "../../ui/Tabs.tsx";
import { cellOf, tableOf } from "./table.ts";

const PAGE = 20;
const DEBOUNCE_MS = 400;

type Item = SeedItemsQuery["listSeedItems"]["items"][number];

/** The items of a seed set, to browse and search. */
export function SeedItems({ seedSet }: { readonly seedSet: SeedSetFieldsFragment }) {
  const [collection, setCollection] = useState(seedSet.collections[0]?.name ?? "");
  const [typed, setTyped] = useState("");
  const [view, setView] = useState<(typeof VIEWS)[number]["name"]>("table");
  const text = useDebouncedValue(typed.trim());
  return (
    <section className="card stack" aria-labelledby="items-title">
      <h2 id="items-title">Items</h2>
      <div className="wizard-pair">
        {seedSet.collections.length > 1 && (
          <SelectField label="Collection" value={collection} onChange={(event) => setCollection(event.target.value)}>
            {seedSet.collections.map(({ name, itemCount }) => (
              <option key={name} value={name}>
                {name} ({showCount(itemCount)})
              </option>
            ))}
          </SelectField>
        )}
        <TextField
          label="Search"
          type="search"
          value={typed}
          placeholder="Text in any field"
          onChange={(event) => setTyped(event.target.value)}
        />
      </div>
      <Tabs label="View" tabs={VIEWS} selected={view} onSelect={setView}>
        <SearchResults key={`${collection} ${text}`} {...{ seedSetId: seedSet.id, collection, text, view }} />
      </Tabs>
    </section>
  );
}

const VIEWS = [
  { name: "table", title: "Table" },
  { name: "json", title: "JSON" },
] as const;

interface SearchResultsProps {
  readonly seedSetId: string;
  readonly collection: string;
  readonly text: string;
  readonly view: (typeof VIEWS)[number]["name"];
}

function SearchResults({ seedSetId, collection, text, view }: SearchResultsProps) {
  const [busy, setBusy] = useState(false);
  const { data, error, fetchMore } = useQuery(SeedItemsDocument, {
    variables: { seedSetId, collection, text: text || null, offset: null, limit: PAGE },
  });
  const list = data?.listSeedItems;
  if (!list && error) return <Notice tone="bad">{explainError(error).text}</Notice>;
  if (!list) return <Skeleton height="10em" />;
  const more = async () => {
    setBusy(true);
    await fetchMore({ variables: { nextToken: list.nextToken } }).catch(() => undefined);
    setBusy(false);
  };
  return (
    <>
      {error && <Notice tone="warn">{explainError(error).text}</Notice>}
      {list.items.length === 0 && (
        <p className="soft" role="status">
          {list.nextToken ? "No matches so far." : "No matching items."}
        </p>
      )}
      {list.items.length > 0 && (view === "table" ? <Table items={list.items} /> : <Json items={list.items} />)}
      {list.nextToken && (
        <Button className="more" busy={busy} onClick={() => void more()}>
          {text ? "Continue search" : "Show more"}
        </Button>
      )}
    </>
  );
}

function Table({ items }: { readonly items: readonly Item[] }) {
  const { columns, rows } = tableOf(items);
  return (
    <div className="table-scroll" tabIndex={0} role="region" aria-label="Items as a table">
      <table className="table items">
        <thead>
          <tr>
            <th scope="col" className="right">
              No.
            </th>
            {columns.map((column) => (
              <th key={column} scope="col" className="mono">
                {column}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map(({ position, values }) => (
            <tr key={position}>
              <td className="right number faint">{showCount(position + 1)}</td>
              {columns.map((column) => (
                <td key={column}>
                  <div className="cell" title={cellOf(values[column])}>
                    {cellOf(values[column])}
                  </div>
                </td>
              ))}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}

function Json({ items }: { readonly items: readonly Item[] }) {
  return (
    <ol className="stack-tight">
      {items.map(({ position, json }) => (
        <li key={position} className="turn">
          <span className="turn-who number">{showCount(position + 1)}</span>
          <pre className="plain-code">{json}</pre>
        </li>
      ))}
    </ol>
  );
}

/** The typed text, once typing has paused. */
function useDebouncedValue(typed: string): string {
  const [debounced, setDebounced] = useState(typed);
  useEffect(() => {
    const timer = setTimeout(() => setDebounced(typed), DEBOUNCE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return debounced;
}
