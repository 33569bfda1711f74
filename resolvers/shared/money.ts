/** `$1.50` from nano-dollars, with as many decimals as the amount needs. (core/money/money.ts uses functions that APPSYNC_JS lacks.) */
export function usd(nanos: number): string {
  const whole = Math.floor(nanos / 1_000_000_000);
  const digits = `${1_000_000_000 + Math.round(nanos - whole * 1_000_000_000)}`.slice(1);
  const shown = [9, 8, 7, 6, 5, 4, 3].find((length) => digits.slice(length - 1, length) !== "0") ?? 2;
  return `$${whole}.${digits.slice(0, shown)}`;
}
