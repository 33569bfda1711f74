import { useState } from "react";
import type { ShardFieldsFragment } from "../../generated/documents.ts";
import { latestRecords, type LatestRecord } from "../totals.ts";
import { useCalm } from "../../ui/useThrottledValue.ts";

const SHOWN = 6;
const RENEW_MS = 4_000;

/** The newest records, column by column. They stand still under the pointer, and where the focus is. */
export function LatestRecords({ progress }: { readonly progress: readonly ShardFieldsFragment[] }) {
  const [held, setHeld] = useState(false);
  const calm = useCalm(progress, RENEW_MS, held);
  const records = latestRecords(hasRecords(calm) ? calm : progress, SHOWN);
  if (records.length === 0) return null;
  return (
    <section className="stack" aria-labelledby="latest-title">
      <div>
        <h2 id="latest-title">Latest records</h2>
        <p className="small faint">Long values are cut here, not in the dataset.</p>
      </div>
      <ul
        className="cards records"
        tabIndex={0}
        aria-labelledby="latest-title"
        onPointerEnter={() => setHeld(true)}
        onPointerLeave={() => setHeld(false)}
        onFocus={() => setHeld(true)}
        onBlur={() => setHeld(false)}
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
