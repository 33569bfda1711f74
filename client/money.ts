import { NANOS_PER_USD } from "#core/money/money";

/** Nano-dollars as the text of a dollar input: `0.5`, without symbol or grouping. */
export function editUsd(nanos: number): string {
  return (nanos / NANOS_PER_USD).toFixed(9).replace(/\.?0+$/, "");
}
