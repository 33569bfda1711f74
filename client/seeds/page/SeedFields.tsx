import type { SeedSetFieldsFragment } from "../../generated/documents.ts";
import { nestedFields } from "./fields.ts";
import { showBytes, showCount, showCounted, showShare } from "../../ui/format.ts";

type Collection = SeedSetFieldsFragment["collections"][number];

/** A collection with the fields found in its items, nested fields below their parents. */
export function SeedFields({ collection }: { readonly collection: Collection }) {
  return (
    <section className="card stack" aria-label={`Collection ${collection.name}`}>
      <div className="row-between">
        <h2>
          <span className="mono">{collection.name}</span>
        </h2>
        <span className="small faint number">
          {showCounted(collection.itemCount, "item")} · {showBytes(collection.bytes)} · {collection.fileName}
        </span>
      </div>
      <div className="table-scroll" tabIndex={0} role="region" aria-label={`Fields of ${collection.name}`}>
        <table className="table">
          <thead>
            <tr>
              <th scope="col">Field</th>
              <th scope="col">Types</th>
              <th scope="col" className="right">
                Values
              </th>
              <th scope="col" className="right">
                Missing
              </th>
              <th scope="col">Examples</th>
            </tr>
          </thead>
          <tbody>
            {nestedFields(collection.fields).map(({ field, depth, title }) => (
              <tr key={field.name}>
                <td className="mono" style={{ paddingLeft: `${depth * 18}px` }} title={field.name}>
                  {title}
                </td>
                <td className="small soft">{field.types.join(", ") || "–"}</td>
                <td className="small right number">
                  {showCount(field.count)}
                  {field.distinct !== null && <span className="faint"> ({showCount(field.distinct)} distinct)</span>}
                </td>
                <td className="small right number">
                  <Missing missing={field.missing} total={field.count + field.missing} />
                </td>
                <td className="small">
                  <Examples texts={field.examples} />
                </td>
              </tr>
            ))}
          </tbody>
        </table>
      </div>
    </section>
  );
}

/** As a share of the objects that could have the field: for `body.text`, of the objects `body`. */
function Missing({ missing, total }: { readonly missing: number; readonly total: number }) {
  if (missing === 0) return <>–</>;
  return <span title={`${showCount(missing)} of ${showCount(total)}`}>{showShare(missing / total)}</span>;
}

function Examples({ texts }: { readonly texts: readonly string[] }) {
  return (
    <ul className="examples">
      {texts.map((text) => (
        <li key={text} className="mono">
          {text}
        </li>
      ))}
    </ul>
  );
}
