import { useEffect, useState } from "react";
import { useQuery } from "@apollo/client/react";
import { useSearchParams } from "react-router";
import { SearchTemplatesDocument, type TemplateCard_TemplateFragment } from "../../generated/documents.ts";
import { categoryWords } from "../labels.ts";
import { TextField } from "../../ui/Field.tsx";
import { Empty } from "../../ui/States.tsx";
import { Paged } from "../../layout/Paged.tsx";
import { TemplateCard } from "./TemplateCard.tsx";

const PAGE = 24;
const PAUSE_MS = 300;

/** What people published, to be searched by words, category and tag. What is wished stands in the address. */
export function PublicTemplates() {
  const { wishes, typed, wish, type } = useWishes();
  const { data, previousData, error, refetch, fetchMore } = useQuery(SearchTemplatesDocument, {
    variables: { ...wishes, limit: PAGE },
    fetchPolicy: "cache-and-network",
  });
  const list = (data ?? previousData)?.searchTemplates;
  const hasWish = Object.values(wishes).some((value) => value !== null);
  return (
    <>
      <form className="search" role="search" onSubmit={(event) => event.preventDefault()}>
        <TextField
          label="Search"
          type="search"
          value={typed}
          placeholder="Words of the name, description or tags"
          onChange={(event) => type(event.target.value)}
        />
      </form>
      <Filters items={list?.items ?? []} wishes={wishes} onWish={wish} />
      {list?.items.length === 0 && !list.nextToken ? (
        <Empty icon="search" title={hasWish ? "Nothing was published that fits" : "Nothing is published yet"}>
          {hasWish ? "Try fewer words, or take a filter away." : "Publish one of yours on its page, and it shows here."}
        </Empty>
      ) : (
        <Paged
          list={list}
          error={error}
          onRetry={() => void refetch().catch(() => undefined)}
          onMore={(nextToken) => fetchMore({ variables: { nextToken } })}
          show={(template) => <TemplateCard template={template} />}
        />
      )}
    </>
  );
}

interface Wishes {
  readonly text: string | null;
  readonly category: string | null;
  readonly tag: string | null;
}

function useWishes() {
  const [params, setParams] = useSearchParams();
  const wishes: Wishes = { text: params.get("text"), category: params.get("category"), tag: params.get("tag") };
  const [typed, type] = useState(wishes.text ?? "");
  const wish = (name: keyof Wishes, value: string | null) =>
    setParams(
      (known) => {
        if (value) known.set(name, value);
        else known.delete(name);
        return known;
      },
      { replace: true },
    );
  useEffect(() => {
    const text = typed.trim() || null;
    if (text === wishes.text) return;
    const timer = setTimeout(() => wish("text", text), PAUSE_MS);
    return () => clearTimeout(timer);
  });
  return { wishes, typed, wish, type };
}

interface FiltersProps {
  readonly items: readonly TemplateCard_TemplateFragment[];
  readonly wishes: Wishes;
  readonly onWish: (name: "category" | "tag", value: string | null) => void;
}

/** The categories and tags of what was found, and those that are wished. */
function Filters({ items, wishes, onWish }: FiltersProps) {
  const categories = withChosen(wishes.category, items.map(({ category }) => category ?? "").filter(Boolean));
  const tags = withChosen(
    wishes.tag,
    items.flatMap((template) => template.tags),
  );
  const group = (label: string, name: "category" | "tag", values: string[], show: (value: string) => string) =>
    values.length > 0 && (
      <div className="tabs" role="group" aria-label={label}>
        {values.map((value) => (
          <button
            key={value}
            type="button"
            className="tab"
            aria-pressed={wishes[name] === value}
            onClick={() => onWish(name, wishes[name] === value ? null : value)}
          >
            {show(value)}
          </button>
        ))}
      </div>
    );
  return (
    <>
      {group("Category", "category", categories, categoryWords)}
      {group("Tag", "tag", tags, (tag) => `#${tag}`)}
    </>
  );
}

const MOST_FILTERS = 20;

function withChosen(chosen: string | null, values: readonly string[]): string[] {
  return [...new Set([...(chosen ? [chosen] : []), ...values.toSorted()])].slice(0, MOST_FILTERS);
}
