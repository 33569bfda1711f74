import { useState, type ReactNode } from "react";
import { explainError } from "../errors.ts";
import { Button } from "../ui/Button.tsx";
import { ErrorState, Notice, SkeletonCards } from "../ui/States.tsx";

export interface PagedProps<Item> {
  /** The items loaded so far; undefined before the first load. */
  readonly list: { readonly items: readonly Item[]; readonly nextToken: string | null } | undefined;
  readonly error: unknown;
  readonly onRetry: () => void;
  readonly onMore: (nextToken: string) => Promise<unknown>;
  readonly show: (item: Item) => ReactNode;
}

/** Cards in a grid; more are loaded on demand. */
export function Paged<Item extends { readonly id: string }>({ list, error, onRetry, onMore, show }: PagedProps<Item>) {
  const [busy, setBusy] = useState(false);
  if (!list && error) return <ErrorState text={explainError(error).text} onRetry={onRetry} />;
  if (!list) return <SkeletonCards count={2} label="Loading" />;
  const more = async (nextToken: string) => {
    setBusy(true);
    // The failure shows up in `error`, beside the items.
    await onMore(nextToken).catch(() => undefined);
    setBusy(false);
  };
  const { items, nextToken } = list;
  return (
    <>
      {error !== undefined && <Notice tone="warn">{explainError(error).text}</Notice>}
      <ul className="cards">
        {items.map((item) => (
          <li key={item.id}>{show(item)}</li>
        ))}
      </ul>
      {nextToken && (
        <Button className="more" busy={busy} onClick={() => void more(nextToken)}>
          Show more
        </Button>
      )}
    </>
  );
}
