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
const PAUSE_MS = 400;

type Item = SeedItemsQuery["listSeedItems"]["items"][number];

/** The items of a seed set, to look through and to search. */
export function SeedItems({ seedSet }: { readonly seedSet: SeedSetFieldsFragment }) {
  const [collection, setCollection] = useState(seedSet.collections[0]?.name ?? "");
  const [typed, setTyped] = useState("");
  const [look, setLook] = useState<(typeof LOOKS)[number]["name"]>("table");
  const text = useSettled(typed.trim());
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
          placeholder="A text in any of the values"
          onChange={(event) => setTyped(event.target.value)}
        />
      </div>
      <Tabs label="How items are shown" tabs={LOOKS} chosen={look} onChoose={setLook}>
        <Found key={`${collection} ${text}`} {...{ seedSetId: seedSet.id, collection, text, look }} />
      </Tabs>
    </section>
  );
}

const LOOKS = [
  { name: "table", title: "Table" },
  { name: "json", title: "JSON" },
] as const;

interface FoundProps {
  readonly seedSetId: string;
  readonly collection: string;
  readonly text: string;
  readonly look: (typeof LOOKS)[number]["name"];
}

function Found({ seedSetId, collection, text, look }: FoundProps) {
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
          {list.nextToken ? "Nothing found in the first part." : "No item holds that text."}
        </p>
      )}
      {list.items.length > 0 && (look === "table" ? <Table items={list.items} /> : <Json items={list.items} />)}
      {list.nextToken && (
        <Button className="more" busy={busy} onClick={() => void more()}>
          {text ? "Search on" : "Show more"}
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

/** What was typed, once typing has paused. */
function useSettled(typed: string): string {
  const [settled, setSettled] = useState(typed);
  useEffect(() => {
    const timer = setTimeout(() => setSettled(typed), PAUSE_MS);
    return () => clearTimeout(timer);
  }, [typed]);
  return settled;
}
