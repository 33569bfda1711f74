/** `1,234,567.8`. Not `toLocaleString`: loading locale data costs a small worker five megabytes of memory. */
export function formatNumber(number: number | string): string {
  const [whole = "", ...decimals] = String(number).split(".");
  return [whole.replace(/\B(?=(\d{3})+$)/g, ","), ...decimals].join(".");
}
