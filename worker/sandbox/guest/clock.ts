/**
 * Dates without a clock and without a time zone: dates can be parsed and formatted, but the current one is not available, since a
 * restart would get a different one; and local time is UTC, since another worker may run elsewhere.
 */
const RealDate = Date;

const noClock = (): never => {
  throw new Error("templates have no clock: pass new Date() a date from the seeds");
};

/** Dates that end in a time zone; Date.parse takes others as local time. */
const ZONED = /(?:Z|[+-]\d\d:?\d\d|GMT|UTC)\s*(?:\(.*\))?$/i;
const DATE_ONLY = /^[+-]?\d{4,6}(?:-\d\d(?:-\d\d)?)?$/;

const parseDate = (text: unknown): number => {
  const date = String(text).trim();
  if (ZONED.test(date) || DATE_ONLY.test(date)) return RealDate.parse(date);
  return RealDate.parse(`${date}${/T\d\d:\d\d/.test(date) ? "" : " "}Z`);
};

export function replaceDate(): void {
  const proto = RealDate.prototype;
  const SafeDate = function Date(this: unknown, ...parts: unknown[]): unknown {
    if (!new.target || parts.length === 0) return noClock();
    return Reflect.construct(RealDate, [momentOf(parts)], new.target === (SafeDate as unknown) ? RealDate : new.target);
  };
  Object.assign(SafeDate, { UTC: RealDate.UTC, parse: parseDate, now: noClock });
  SafeDate.prototype = proto;
  Object.defineProperty(proto, "constructor", { value: SafeDate, writable: true, configurable: true });
  makeLocalUtc(proto);
  (globalThis as { Date: unknown }).Date = SafeDate;
}

function momentOf(parts: unknown[]): number {
  if (parts.length > 1) return RealDate.UTC(...(parts.map(Number) as [number, number]));
  const [date] = parts;
  if (date instanceof RealDate) return RealDate.prototype.getTime.call(date);
  return typeof date === "string" ? parseDate(date) : Number(date);
}

function makeLocalUtc(proto: Date): void {
  const methods = proto as unknown as Record<string, unknown>;
  for (const part of ["Date", "Day", "FullYear", "Hours", "Milliseconds", "Minutes", "Month", "Seconds"])
    for (const prefix of ["get", "set"])
      if (methods[`${prefix}UTC${part}`]) methods[prefix + part] = methods[`${prefix}UTC${part}`];
  const text = proto.toUTCString;
  const date = function (this: Date) {
    return text.call(this).slice(0, 16);
  };
  const time = function (this: Date) {
    return text.call(this).slice(17);
  };
  methods.getTimezoneOffset = () => 0;
  methods.toString = methods.toLocaleString = text;
  methods.toDateString = methods.toLocaleDateString = date;
  methods.toTimeString = methods.toLocaleTimeString = time;
}
