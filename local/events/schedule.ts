/** EventBridge's schedule expressions: `rate(5 minutes)` and `cron(0 12 ? * MON-FRI *)`, in UTC. */

const UNIT_MS: Record<string, number> = { minute: 60_000, hour: 3600_000, day: 86_400_000 };
const MINUTE_MS = 60_000;
const DAY_MS = 86_400_000;
const MONTHS = ["JAN", "FEB", "MAR", "APR", "MAY", "JUN", "JUL", "AUG", "SEP", "OCT", "NOV", "DEC"];
const WEEKDAYS = ["SUN", "MON", "TUE", "WED", "THU", "FRI", "SAT"];
/** A schedule that is not due within this many years never is. */
const SEARCH_YEARS = 8;

/** The first time after `afterMs` (both in milliseconds since the epoch); `undefined` when there is none. */
export type Schedule = (afterMs: number) => number | undefined;

/** @throws Error for an expression that EventBridge would reject */
export function parseSchedule(expression: string): Schedule {
  const rate = /^rate\((\d+) (minute|hour|day)(s?)\)$/.exec(expression);
  if (rate) return rateSchedule(Number(rate[1]), UNIT_MS[rate[2] ?? ""] ?? 0, rate[3] === "s", expression);
  const cron = /^cron\(([^()]*)\)$/.exec(expression);
  if (cron) return cronSchedule((cron[1] ?? "").trim().split(/\s+/), expression);
  throw refused(expression, "rate(5 minutes) or cron(minute hour day-of-month month day-of-week year)");
}

function rateSchedule(count: number, unitMs: number, isPlural: boolean, expression: string): Schedule {
  if (count < 1 || isPlural !== count > 1) throw refused(expression, "rate(1 minute) or rate(2 minutes)");
  return (afterMs) => afterMs + count * unitMs;
}

function cronSchedule(fields: readonly string[], expression: string): Schedule {
  const [minute = "", hour = "", day = "", month = "", weekday = "", year = ""] = fields;
  if (fields.length !== 6) throw refused(expression, "six fields: minute hour day-of-month month day-of-week year");
  if ((day === "?") === (weekday === "?"))
    throw refused(expression, "a ? in exactly one of day-of-month and day-of-week");
  const isMinute = field(minute, 0, 59, [], expression);
  const isHour = field(hour, 0, 23, [], expression);
  const isMonth = field(month, 1, 12, ["", ...MONTHS], expression);
  const isYear = field(year, 1970, 2199, [], expression);
  const isDay = day === "?" ? weekdayField(weekday, expression) : dayField(day, expression);
  return (afterMs) => {
    let ms = Math.floor(afterMs / MINUTE_MS) * MINUTE_MS + MINUTE_MS;
    const endMs = afterMs + SEARCH_YEARS * 366 * DAY_MS;
    while (ms < endMs) {
      const at = new Date(ms);
      if (!isYear(at.getUTCFullYear()) || !isMonth(at.getUTCMonth() + 1) || !isDay(at)) {
        ms = (Math.floor(ms / DAY_MS) + 1) * DAY_MS;
      } else if (isHour(at.getUTCHours()) && isMinute(at.getUTCMinutes())) {
        return ms;
      } else {
        ms += MINUTE_MS;
      }
    }
    return undefined;
  };
}

function dayField(text: string, expression: string): (at: Date) => boolean {
  if (text === "L") return (at) => at.getUTCDate() === lastDay(at);
  const nearest = /^(\d+)W$/.exec(text);
  if (nearest) return (at) => at.getUTCDate() === nearestWeekday(at, Number(nearest[1]));
  const isDay = field(text, 1, 31, [], expression);
  return (at) => isDay(at.getUTCDate());
}

/** 1 or SUN to 7 or SAT; `6L` is the month's last Friday, `3#2` its second Tuesday. */
function weekdayField(text: string, expression: string): (at: Date) => boolean {
  const last = /^([1-7])L$/.exec(text);
  if (last) return (at) => at.getUTCDay() + 1 === Number(last[1]) && at.getUTCDate() + 7 > lastDay(at);
  const nth = /^([1-7])#([1-5])$/.exec(text);
  if (nth) return (at) => at.getUTCDay() + 1 === Number(nth[1]) && Math.ceil(at.getUTCDate() / 7) === Number(nth[2]);
  const isWeekday = field(text === "L" ? "7" : text, 1, 7, ["", ...WEEKDAYS], expression);
  return (at) => isWeekday(at.getUTCDay() + 1);
}

/** Lists of values, ranges and steps: `1,5-10,0/15`. */
function field(text: string, min: number, max: number, names: readonly string[], expression: string) {
  const number = (word: string) => {
    const named = names.indexOf(word.toUpperCase());
    const value = named > 0 ? named : /^\d+$/.test(word) ? Number(word) : NaN;
    if (!(value >= min && value <= max)) throw refused(expression, `values from ${min} to ${max}, not ${word}`);
    return value;
  };
  const allowed = new Set<number>();
  for (const part of text.split(",")) {
    const [range = "", step] = part.split("/");
    const [from = "", to] = range === "*" ? [String(min), String(max)] : range.split("-");
    const first = number(from);
    const last = to === undefined ? (step === undefined ? first : max) : number(to);
    // A range may wrap around: FRI-MON.
    const length = last >= first ? last - first : last - first + (max - min + 1);
    for (let offset = 0; offset <= length; offset += step === undefined ? 1 : stepOf(step, expression)) {
      allowed.add(((first - min + offset) % (max - min + 1)) + min);
    }
  }
  return (value: number) => allowed.has(value);
}

function stepOf(step: string, expression: string): number {
  if (/^[1-9]\d*$/.test(step)) return Number(step);
  throw refused(expression, `a step of 1 or more, not ${step}`);
}

function lastDay(at: Date): number {
  return new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth() + 1, 0)).getUTCDate();
}

/** The weekday nearest to a day of the month, within the month. */
function nearestWeekday(at: Date, day: number): number {
  const weekday = new Date(Date.UTC(at.getUTCFullYear(), at.getUTCMonth(), day)).getUTCDay();
  if (weekday === 6) return day === 1 ? 3 : day - 1;
  if (weekday === 0) return day === lastDay(at) ? day - 2 : day + 1;
  return day;
}

function refused(expression: string, expected: string): Error {
  return new Error(`The schedule ${expression} is not valid; expected ${expected}.`);
}
