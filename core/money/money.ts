/**
 * Money is a whole number of nano-dollars, up to 2^53 − 1 (about nine million dollars). A call's price is rounded up once,
 * so sums are exact and repeatable.
 */
import { formatNumber } from "../numbers.ts";

export type Nanos = number;

export const NANOS_PER_USD = 1_000_000_000;

/** What a model's tokens cost, in nano-dollars per thousand: whole numbers even for the cheapest cache reads. */
export interface TokenPrice {
  readonly inputNanosPerThousand: number;
  readonly outputNanosPerThousand: number;
}

/** The price of one call in nano-dollars, rounded up. */
export function priceOf(price: TokenPrice, inputTokens: number, outputTokens: number): Nanos {
  return Math.ceil((inputTokens * price.inputNanosPerThousand + outputTokens * price.outputNanosPerThousand) / 1000);
}

/** `0.0123` or `$5` in nano-dollars, exactly; `undefined` for anything else, more than nine decimals included. */
export function parseUsd(text: string): Nanos | undefined {
  const match = /^\s*\$?(\d+)(?:\.(\d{1,9}))?\s*$/.exec(text);
  if (!match) return undefined;
  const nanos = Number(match[1]) * NANOS_PER_USD + Number((match[2] ?? "").padEnd(9, "0"));
  return Number.isSafeInteger(nanos) ? nanos : undefined;
}

/**
 * `$12.34`; below a dollar three significant digits, at least cents: `$0.50`, `$0.0123`, `$0.000042`. An amount that is not zero
 * never looks like zero. Amounts that one sentence compares belong in `formatUsdApart`.
 */
export function formatUsd(nanos: Nanos): string {
  return withDecimals(nanos, usualDecimals(nanos));
}

/** Amounts that are compared with each other: where different ones would look the same, they get as many decimals as tell them apart. */
export function formatUsdApart<const Amounts extends readonly Nanos[]>(
  ...amounts: Amounts
): { [Index in keyof Amounts]: string } {
  const whole = amounts.map(Math.round);
  let decimals = whole.map(usualDecimals);
  for (;;) {
    const texts = whole.map((nanos, index) => withDecimals(nanos, decimals[index] ?? 2));
    const isAlike = whole.map((nanos, index) =>
      whole.some((other, at) => other !== nanos && texts[at] === texts[index]),
    );
    // It ends at nine decimals, where whole nano-dollars differ. The tuple has as many texts as amounts.
    if (!isAlike.includes(true)) return texts as { [Index in keyof Amounts]: string };
    decimals = decimals.map((count, index) => (isAlike[index] ? count + 1 : count));
  }
}

function usualDecimals(nanos: Nanos): number {
  const usd = Math.abs(nanos) / NANOS_PER_USD;
  return usd === 0 || usd >= 1 ? 2 : Math.min(9, 2 - Math.floor(Math.log10(usd)));
}

/** Rounded to that many decimals, then without zeros at the end, except for cents. */
function withDecimals(nanos: Nanos, decimals: number): string {
  const unit = 10 ** (9 - decimals);
  const text = ((Math.round(nanos / unit) * unit) / NANOS_PER_USD).toFixed(decimals);
  return `$${formatNumber(text.replace(/(\.\d\d+?)0+$/, "$1"))}`;
}
