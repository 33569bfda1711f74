import { useState } from "react";
import type { ShardFieldsFragment } from "../../generated/documents.ts";
import { latestRecords, type LatestRecord } from "../totals.ts";
import { useThrottledValue } from "../../ui/useThrottledValue.ts";

const SHOWN = 6;
const REFRESH_MS = 4_000;

/** The newest records, column by column. Hovering or focusing the list pauses it. */
export function LatestRecords({ progress }: { readonly progress: readonly ShardFieldsFragment[] }) {
  const [paused, setPaused] = useState(false);
  const throttled = useThrottledValue(progress, REFRESH_MS, paused);
  const records = latestRecords(hasRecords(throttled) ? throttled : progress, SHOWN);
  if (records.length === 0) return null;
  return (
    <section className="stack" aria-labelledby="latest-title">
      <div>
        <h2 id="latest-title">Latest records</h2>
        <p className="small faint">Long values are truncated here, not in the dataset.</p>
      </div>
      <ul
        className="cards records"
        tabIndex={0}
        aria-labelledby="latest-title"
        onPointerEnter={() => setPaused(true)}
        onPointerLeave={() => setPaused(false)}
        onFocus={() => setPaused(true)}
        onBlur={() => setPaused(false)}
      >
        {records.map((record) => (
          <RecordCard key={record.key} record={record} />
        ))}
      </ul>
    </section>
  );
}

function hasRecords(progress: readonly ShardFieldsFragment[]): boolean {
  return progress.some((shard) => shard.latest.length > 0);
}

function RecordCard({ record }: { readonly record: LatestRecord }) {
  return (
    <li className="card record">
      <dl>
        {record.columns.map(([name, value]) => (
          <div key={name} className="record-column">
            <dt>{name}</dt>
            <dd>{value === "null" || value === "" ? <span className="faint">empty</span> : value}</dd>
          </div>
        ))}
      </dl>
    </li>
  );
}
