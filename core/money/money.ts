/**
 * Money is a whole number of nano-dollars, up to 2^53 − 1 (about nine million dollars). A call's price is rounded up once,
 * so sums are exact and repeatable.
 */
import { formatNumber } from "../numbers.ts";

export type Nanos = number;

export const NANOS_PER_USD = 1_000_000_000;
const NANOS_PER_CENT = NANOS_PER_USD / 100;

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

/** `$12.34`; small amounts get as many decimals as two significant digits need: `$0.00042`. */
export function formatUsd(nanos: Nanos): string {
  const usd = nanos / NANOS_PER_USD;
  if (usd === 0) return "$0";
  if (Math.abs(usd) >= 1) return `$${formatNumber((Math.round(nanos / NANOS_PER_CENT) / 100).toFixed(2))}`;
  const decimals = Math.min(9, Math.max(2, 1 - Math.floor(Math.log10(Math.abs(usd)))));
  return `$${usd.toFixed(decimals)}`;
}
