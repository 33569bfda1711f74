/** `1,234,567.8`. Not by `toLocaleString`: the data of locales, once touched, is five megabytes more of a small worker's memory. */
export function formatNumber(number: number | string): string {
  const [whole = "", ...decimals] = String(number).split(".");
  return [whole.replace(/\B(?=(\d{3})+$)/g, ","), ...decimals].join(".");
}
