import { lazy, Suspense, useState } from "react";
import { initialLayout } from "./diff-layout.ts";
import { Tabs } from "../../ui/Tabs.tsx";
import { Skeleton } from "../../ui/States.tsx";

// CodeMirror is large, and most visits do not need it.
const DiffView = lazy(() => import("./DiffView.tsx"));

export interface DifferencesProps {
  readonly older: string;
  readonly newer: string;
  /** What is compared: `From version 1 to version 2`. */
  readonly label: string;
}

/** The differences between two sources, split or unified. */
export function Differences({ older, newer, label }: DifferencesProps) {
  const [layout, setLayout] = useState(() => initialLayout(window.innerWidth));
  if (older === newer) return <p className="soft">{label}: no changes.</p>;
  return (
    <section className="stack" aria-label={label}>
      <Tabs label="Diff layout" tabs={LAYOUTS} selected={layout} onSelect={setLayout}>
        <Suspense fallback={<Skeleton height="12em" />}>
          <DiffView {...{ older, newer, layout, label }} />
        </Suspense>
      </Tabs>
    </section>
  );
}

const LAYOUTS = [
  { name: "split", title: "Split" },
  { name: "unified", title: "Unified" },
] as const;
