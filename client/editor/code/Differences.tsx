import { lazy, Suspense, useState } from "react";
import { firstLook } from "./diff-layout.ts";
import { Tabs } from "../../ui/Tabs.tsx";
import { Skeleton } from "../../ui/States.tsx";

// The editor's parts are large and most visits need none of them.
const DiffView = lazy(() => import("./DiffView.tsx"));

export interface DifferencesProps {
  readonly older: string;
  readonly newer: string;
  /** What is compared: `From version 1 to version 2`. */
  readonly label: string;
}

/** What changed from one source to another, side by side or in one column. */
export function Differences({ older, newer, label }: DifferencesProps) {
  const [look, setLook] = useState(() => firstLook(window.innerWidth));
  if (older === newer) return <p className="soft">{label}: nothing changed.</p>;
  return (
    <section className="stack" aria-label={label}>
      <Tabs label="How differences are shown" tabs={LOOKS} chosen={look} onChoose={setLook}>
        <Suspense fallback={<Skeleton height="12em" />}>
          <DiffView {...{ older, newer, look, label }} />
        </Suspense>
      </Tabs>
    </section>
  );
}

const LOOKS = [
  { name: "beside", title: "Side by side" },
  { name: "unified", title: "One column" },
] as const;
