/** Numbers and dates in English words. */
import { throwArgumentError, textArgument, integerArgument } from "./arguments.ts";

const LARGEST = 1e15;
const ONES =
  "zero one two three four five six seven eight nine ten eleven twelve thirteen fourteen fifteen sixteen seventeen eighteen nineteen".split(
    " ",
  );
const TENS = "_ _ twenty thirty forty fifty sixty seventy eighty ninety".split(" ");
const SCALES = ["", " thousand", " million", " billion", " trillion", " quadrillion"];
const MONTHS = "January February March April May June July August September October November December".split(" ");
const DATE = /^(\d{4})-(\d\d)(?:-(\d\d)(?:[T ].*)?)?$/;

/** 1205 → "one thousand two hundred and five", -0.5 → "minus zero point five". */
export function numberWords(n: unknown): string {
  if (typeof n !== "number" || !(Math.abs(n) <= LARGEST))
    throwArgumentError("numberWords(n)", "a number up to 10^15", n);
  const [whole = "0", decimals] = digitsOf(Math.abs(n)).split(".");
  const fraction = decimals ? ` point ${[...decimals].map((digit) => ONES[Number(digit)]).join(" ")}` : "";
  return `${n < 0 ? "minus " : ""}${wholeWords(Number(whole))}${fraction}`;
}

/** 1 → "1st", 112 → "112th". */
export function ordinal(n: unknown): string {
  const number = integerArgument("ordinal(n)", n, 0, LARGEST);
  const tens = number % 100;
  const ending = tens >= 11 && tens <= 13 ? "th" : ({ 1: "st", 2: "nd", 3: "rd" }[number % 10] ?? "th");
  return `${number}${ending}`;
}

/** "2026-11-23" → "23 November 2026", "2026-11" → "November 2026"; a time after the date is dropped. */
export function dateWords(isoDate: unknown): string {
  const date = textArgument("dateWords(isoDate)", isoDate);
  const [, year, month, day] = DATE.exec(date) ?? [];
  const name = MONTHS[Number(month) - 1];
  if (!name || Number(day ?? 1) < 1 || Number(day ?? 1) > daysOf(Number(year), Number(month)))
    throwArgumentError("dateWords(isoDate)", 'a date like "2026-11-23"', isoDate);
  return `${day === undefined ? "" : `${Number(day)} `}${name} ${Number(year)}`;
}

/** Without an exponent, which JavaScript writes for small numbers. */
function digitsOf(n: number): string {
  const text = String(n);
  return text.includes("e") ? n.toFixed(20).replace(/\.?0+$/, "") : text;
}

function wholeWords(n: number): string {
  if (n < 1_000) return underThousand(n);
  const groups: string[] = [];
  for (let rest = n, scale = 0; rest > 0; rest = Math.floor(rest / 1_000), scale++) {
    const group = rest % 1_000;
    if (group > 0) groups.unshift((scale === 0 && group < 100 ? "and " : "") + underThousand(group) + SCALES[scale]);
  }
  return groups.join(" ");
}

function underThousand(n: number): string {
  if (n < 20) return ONES[n] ?? "";
  if (n < 100) return `${TENS[Math.floor(n / 10)]}${n % 10 ? `-${ONES[n % 10]}` : ""}`;
  return `${ONES[Math.floor(n / 100)]} hundred${n % 100 ? ` and ${underThousand(n % 100)}` : ""}`;
}

function daysOf(year: number, month: number): number {
  const isLeap = year % 4 === 0 && (year % 100 !== 0 || year % 400 === 0);
  return month === 2 && isLeap ? 29 : ([31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0);
}
