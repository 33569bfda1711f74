/** What the card says of a dataset in folders. */
import { formatNumber } from "#core/numbers";
import { MAX_PARTITIONS, overflowPartition, type PartitionBy } from "#core/dataset/partition";
import type { FinishedFile } from "./dataset-file.ts";

/** Folders beyond these are summed up. */
const SHOWN_FOLDERS = 50;

export function partitionsOf(
  levels: readonly PartitionBy[],
  { files, overflowRecords }: { readonly files: readonly FinishedFile[]; readonly overflowRecords: number },
): string[][] {
  const rows = new Map<string, number>();
  const first = files.find(({ format }) => format !== undefined)?.format;
  for (const { name, rows: ofFile, omitted, format } of files) {
    const folder = name.slice(0, name.lastIndexOf("/") + 1);
    // Portions of a split add up, formats tell the same rows again.
    if (folder && format === first) rows.set(folder, (rows.get(folder) ?? 0) + ofFile + omitted);
  }
  const shown = [...rows].slice(0, SHOWN_FOLDERS);
  const rest = rows.size - shown.length;
  return [
    [
      `The records lie in ${formatNumber(rows.size)} folders, named by the values they are partitioned by; the files hold these columns too. ` +
        "`files.jsonl` lists every file with its size, rows and checksum.",
    ],
    [
      ...shown.map(([folder, count]) => `- \`${folder}\`: ${formatNumber(count)} records`),
      ...(rest > 0 ? [`- and ${formatNumber(rest)} more folders`] : []),
    ],
    overflowRecords === 0
      ? []
      : [
          `There would be more than ${formatNumber(MAX_PARTITIONS)} folders: ${formatNumber(overflowRecords)} records whose values came later lie ` +
            `together in \`${overflowPartition(levels)}\`. Their columns are as they are; read that folder by its files alone.`,
        ],
  ];
}
