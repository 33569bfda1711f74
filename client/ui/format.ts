/** Numbers, sizes and times for people. Always in English, whatever the browser's language, as is the app. */

/** `12,345`. */
export function showCount(count: number): string {
  return WHOLE.format(count);
}

/** `1 record`, `12,345 records`. */
export function showCounted(count: number, one: string, many = `${one}s`): string {
  return `${showCount(count)} ${count === 1 ? one : many}`;
}

/** A share between 0 and 1 as `42%`. Never 100% before everything is done, never 0% once something is. */
export function showShare(share: number): string {
  if (share > 0 && share < 0.01) return "<1%";
  return `${share >= 1 ? Math.round(share * 100) : Math.min(99, Math.round(share * 100))}%`;
}

/** `3.2`, `48`, `1,200`: one decimal below ten. */
export function showRate(perSecond: number): string {
  return perSecond < 10 ? perSecond.toFixed(1) : WHOLE.format(perSecond);
}

/** `0 B`, `1.4 MB`: in thousands, as storage is sold and billed. */
export function showBytes(bytes: number): string {
  const step = bytes < 1000 ? 0 : Math.min(UNITS.length - 1, Math.floor(Math.log10(bytes) / 3));
  const amount = bytes / 1000 ** step;
  return `${step > 0 && amount < 10 ? amount.toFixed(1) : Math.round(amount)} ${UNITS[step]}`;
}

/** A duration: `8 s`, `3 min 20 s`, `2 h 5 min`, `4 d 3 h`. */
export function showDuration(seconds: number): string {
  const whole = Math.max(0, Math.round(seconds));
  if (whole < 60) return `${whole} s`;
  if (whole < 3600) return join(Math.floor(whole / 60), "min", whole % 60, "s");
  if (whole < 86_400) return join(Math.floor(whole / 3600), "h", Math.floor((whole % 3600) / 60), "min");
  return join(Math.floor(whole / 86_400), "d", Math.floor((whole % 86_400) / 3600), "h");
}

/** `just now`, `5 minutes ago`, `yesterday`, then the date. */
export function showRelative(at: string, nowMs: number): string {
  const seconds = Math.round((nowMs - Date.parse(at)) / 1000);
  if (seconds < 10) return "just now";
  if (seconds < 60) return RELATIVE.format(-seconds, "second");
  if (seconds < 3600) return RELATIVE.format(-Math.floor(seconds / 60), "minute");
  if (seconds < 86_400) return RELATIVE.format(-Math.floor(seconds / 3600), "hour");
  if (seconds < 7 * 86_400) return RELATIVE.format(-Math.floor(seconds / 86_400), "day");
  return DAY.format(Date.parse(at));
}

/** The full date and time, for titles. */
export function showMoment(at: string): string {
  return MOMENT.format(Date.parse(at));
}

/** `10:32 AM` on the same day, otherwise `Nov 25, 2026, 10:32 AM`. */
export function showClock(atMs: number, nowMs: number): string {
  return (DAY.format(atMs) === DAY.format(nowMs) ? CLOCK : DATE_TIME).format(atMs);
}

/** `Nov 25, 2026, 10:32 AM`. */
export function showDateTime(at: string): string {
  return DATE_TIME.format(Date.parse(at));
}

/** `Nov 25, 2026`. */
export function showDate(at: string): string {
  return DAY.format(Date.parse(at));
}

const WHOLE = new Intl.NumberFormat("en-US", { maximumFractionDigits: 0 });
const RELATIVE = new Intl.RelativeTimeFormat("en-US", { numeric: "auto" });
const DAY = new Intl.DateTimeFormat("en-US", { dateStyle: "medium" });
const CLOCK = new Intl.DateTimeFormat("en-US", { timeStyle: "short" });
const DATE_TIME = new Intl.DateTimeFormat("en-US", { dateStyle: "medium", timeStyle: "short" });
const MOMENT = new Intl.DateTimeFormat("en-US", { dateStyle: "full", timeStyle: "medium" });
const UNITS = ["B", "KB", "MB", "GB", "TB"] as const;

function join(large: number, largeUnit: string, small: number, smallUnit: string): string {
  return small === 0 ? `${large} ${largeUnit}` : `${large} ${largeUnit} ${small} ${smallUnit}`;
}
