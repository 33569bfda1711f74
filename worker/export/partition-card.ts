/** What the card says about a partitioned dataset. */
import { formatNumber } from "#core/numbers";
import { META_FILES } from "#core/dataset/meta-files";
import { MAX_PARTITIONS, overflowPartition, type PartitionBy } from "#core/dataset/partition";
import { counted } from "./counts.ts";
import type { FinishedFile } from "./dataset-file.ts";

/** Further folders are only counted. */
const SHOWN_FOLDERS = 50;

export function partitionsOf(
  levels: readonly PartitionBy[],
  { files, overflowRecords }: { readonly files: readonly FinishedFile[]; readonly overflowRecords: number },
): string[][] {
  const rows = new Map<string, number>();
  const first = files.find(({ format }) => format !== undefined)?.format;
  for (const { name, rows: ofFile, omitted, format } of files) {
    // The portions of a split add up; other formats hold the same rows again.
    if (!format || format !== first) continue;
    const folder = name.slice(0, name.lastIndexOf("/") + 1);
    rows.set(folder, (rows.get(folder) ?? 0) + ofFile + omitted);
  }
  const shown = [...rows].slice(0, SHOWN_FOLDERS);
  const rest = rows.size - shown.length;
  return [
    [
      `The records are in ${counted(rows.size, "partition")}, one directory each, named after its values; the files contain these columns too. ` +
        `\`${META_FILES.files}\` lists every file with its size, rows and checksum.`,
    ],
    [
      ...shown.map(([folder, count]) => `- \`${folder}\`: ${counted(count, "record")}`),
      ...(rest > 0 ? [`- and ${formatNumber(rest)} more`] : []),
    ],
    overflowRecords === 0
      ? []
      : [
          `There is a limit of ${formatNumber(MAX_PARTITIONS)} partitions: ${counted(overflowRecords, "record")} with values beyond it are ` +
            `together in \`${overflowPartition(levels)}\`. Their columns keep their values; when reading that directory, ignore the values in its name.`,
        ],
  ];
}
