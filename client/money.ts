import { NANOS_PER_USD } from "#core/money/money";

/**
 * Nano-dollars for the screen: `$12.34`, and below a dollar three significant digits, `$0.0123`, `$0.000042`. A nonzero amount
 * never shows as `$0`.
 */
export function showUsd(nanos: number): string {
  const usd = nanos / NANOS_PER_USD;
  if (usd === 0) return "$0.00";
  if (Math.abs(usd) >= 1) return `$${CENTS.format(usd)}`;
  const decimals = Math.min(9, 2 - Math.floor(Math.log10(Math.abs(usd))));
  const text = usd.toFixed(decimals).replace(/0+$/, "");
  const missing = 2 - (text.length - 1 - text.indexOf("."));
  return `$${text}${"0".repeat(Math.max(0, missing))}`;
}

/** Nano-dollars as the text of a dollar input: `0.5`, without symbol or grouping. */
export function editUsd(nanos: number): string {
  return (nanos / NANOS_PER_USD).toFixed(9).replace(/\.?0+$/, "");
}

const CENTS = new Intl.NumberFormat("en-US", { minimumFractionDigits: 2, maximumFractionDigits: 2 });
