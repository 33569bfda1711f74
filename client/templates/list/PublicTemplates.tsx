import { useEffect, useState } from "react";
import { useQuery } from "@apollo/client/react";
import { useSearchParams } from "react-router";
import { SearchTemplatesDocument, type TemplateCard_TemplateFragment } from "../../generated/documents.ts";
import { categoryLabel } from "../labels.ts";
import { templateNamesakes } from "../namesakes.ts";
import { TextField } from "../../ui/Field.tsx";
import { EmptyState } from "../../ui/States.tsx";
import { Paged } from "../../layout/Paged.tsx";
import { TemplateCard } from "./TemplateCard.tsx";

const PAGE = 24;
const DEBOUNCE_MS = 300;

/** Published templates, searchable by text, category and tag. The filters are in the address. */
export function PublicTemplates() {
  const { filters, text, setFilter, setText } = useSearchFilters();
  const { data, previousData, error, refetch, fetchMore } = useQuery(SearchTemplatesDocument, {
    variables: { ...filters, limit: PAGE },
    fetchPolicy: "cache-and-network",
  });
  const list = (data ?? previousData)?.searchTemplates;
  const distinctions = templateNamesakes(list?.items ?? []);
  const hasFilters = Object.values(filters).some((value) => value !== null);
  return (
    <>
      <form className="search" role="search" onSubmit={(event) => event.preventDefault()}>
        <TextField
          label="Search"
          type="search"
          value={text}
          placeholder="Name, description or tags"
          onChange={(event) => setText(event.target.value)}
        />
      </form>
      <Filters items={list?.items ?? []} filters={filters} onFilter={setFilter} />
      {list?.items.length === 0 && !list.nextToken ? (
        <EmptyState icon="search" title={hasFilters ? "No matching templates" : "No published templates yet"}>
          {hasFilters ? "Try fewer words or remove a filter." : "Publish one of your templates from its page."}
        </EmptyState>
      ) : (
        <Paged
          list={list}
          error={error}
          onRetry={() => void refetch().catch(() => undefined)}
          onMore={(nextToken) => fetchMore({ variables: { nextToken } })}
          show={(template) => <TemplateCard template={template} distinction={distinctions.get(template.id)} />}
        />
      )}
    </>
  );
}

interface SearchFilters {
  readonly text: string | null;
  readonly category: string | null;
  readonly tag: string | null;
}

function useSearchFilters() {
  const [params, setParams] = useSearchParams();
  const filters: SearchFilters = { text: params.get("text"), category: params.get("category"), tag: params.get("tag") };
  const [text, setText] = useState(filters.text ?? "");
  const setFilter = (name: keyof SearchFilters, value: string | null) =>
    setParams(
      (known) => {
        if (value) known.set(name, value);
        else known.delete(name);
        return known;
      },
      { replace: true },
    );
  useEffect(() => {
    const trimmed = text.trim() || null;
    if (trimmed === filters.text) return;
    const timer = setTimeout(() => setFilter("text", trimmed), DEBOUNCE_MS);
    return () => clearTimeout(timer);
  });
  return { filters, text, setFilter, setText };
}

interface FiltersProps {
  readonly items: readonly TemplateCard_TemplateFragment[];
  readonly filters: SearchFilters;
  readonly onFilter: (name: "category" | "tag", value: string | null) => void;
}

/** The categories and tags of the results, and the selected ones. */
function Filters({ items, filters, onFilter }: FiltersProps) {
  const categories = withSelected(filters.category, items.map(({ category }) => category ?? "").filter(Boolean));
  const tags = withSelected(
    filters.tag,
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
            aria-pressed={filters[name] === value}
            onClick={() => onFilter(name, filters[name] === value ? null : value)}
          >
            {show(value)}
          </button>
        ))}
      </div>
    );
  return (
    <>
      {group("Category", "category", categories, categoryLabel)}
      {group("Tag", "tag", tags, (tag) => `#${tag}`)}
    </>
  );
}

const MAX_FILTERS = 20;

function withSelected(selected: string | null, values: readonly string[]): string[] {
  return [...new Set([...(selected ? [selected] : []), ...values.toSorted()])].slice(0, MAX_FILTERS);
}
