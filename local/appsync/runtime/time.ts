/** util.time over the cloud's clock. */
import { ResolverError } from "../errors.ts";
import { formatJavaDate, parseJavaDate } from "./java-date-format.ts";

export function timeUtil(now: () => number) {
  return {
    nowISO8601: () => new Date(now()).toISOString(),
    nowEpochSeconds: () => Math.floor(now() / 1000),
    nowEpochMilliSeconds: () => now(),
    nowFormatted: (format: string, zone = "UTC") => formatJavaDate(now(), format, zone),
    parseFormattedToEpochMilliSeconds: (text: string, format: string, zone = "UTC") =>
      parseJavaDate(text, format, zone),
    parseISO8601ToEpochMilliSeconds: (text: string) => parseIso(text),
    epochMilliSecondsToSeconds: (ms: number) => Math.floor(ms / 1000),
    epochMilliSecondsToISO8601: (ms: number) => new Date(ms).toISOString(),
    epochMilliSecondsToFormatted: (ms: number, format: string, zone = "UTC") => formatJavaDate(ms, format, zone),
  };
}

function parseIso(text: string): number {
  const ms = Date.parse(text);
  if (Number.isNaN(ms)) throw new ResolverError(`"${text}" is not an ISO 8601 time`);
  return ms;
}
