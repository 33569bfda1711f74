/** Date patterns of Java's DateTimeFormatter (`yyyy-MM-dd HH:mm:ss.SSSZ`), as util.time accepts them. */
import { ResolverError } from "../errors.ts";

/** @param zone `UTC`, `America/Los_Angeles` or an offset such as `+02:00` */
export function formatJavaDate(epochMs: number, pattern: string, zone: string): string {
  const wall = wallClock(epochMs, zone);
  return tokensOf(pattern)
    .map((token) => ("literal" in token ? token.literal : formatField(token.letter, token.width, wall)))
    .join("");
}

/** @param zone used when the text has none */
export function parseJavaDate(text: string, pattern: string, zone: string): number {
  const tokens = tokensOf(pattern);
  const source = tokens.map((token) =>
    "literal" in token ? quote(token.literal) : parserOf(token.letter, token.width, pattern),
  );
  const found = new RegExp(`^${source.join("")}$`).exec(text);
  if (!found) throw new ResolverError(`"${text}" does not match the format "${pattern}"`);
  const fields: Record<string, string> = {};
  tokens
    .filter((token) => "letter" in token)
    .forEach((token, index) => (fields[token.letter] = found[index + 1] ?? ""));
  return epochOf(fields, zone);
}

type Token = { readonly literal: string } | { readonly letter: string; readonly width: number };

function tokensOf(pattern: string): Token[] {
  const pieces = pattern.match(/''|'(?:[^']|'')*'|([A-Za-z])\1*|[^A-Za-z']+/g) ?? [];
  return pieces.map((piece): Token => {
    if (piece === "''") return { literal: "'" };
    if (piece.startsWith("'")) return { literal: piece.slice(1, -1).replaceAll("''", "'") };
    return /[A-Za-z]/.test(piece) ? { letter: piece.charAt(0), width: piece.length } : { literal: piece };
  });
}

/** The wall clock of a zone; `date` holds it as if it were UTC. */
interface WallClock {
  readonly date: Date;
  readonly offsetMinutes: number;
  readonly zone: string;
  readonly epochMs: number;
}

function wallClock(epochMs: number, zone: string): WallClock {
  const offsetMinutes = offsetAt(epochMs, zone);
  return { date: new Date(epochMs + offsetMinutes * 60_000), offsetMinutes, zone, epochMs };
}

function offsetAt(epochMs: number, zone: string): number {
  if (/^(UTC|GMT|Z)$/.test(zone)) return 0;
  const fixed = /^(?:UTC|GMT)?([+-])(\d{1,2})(?::?(\d\d))?$/.exec(zone);
  if (fixed) return (fixed[1] === "-" ? -1 : 1) * (Number(fixed[2]) * 60 + Number(fixed[3] ?? 0));
  let text: string;
  try {
    text = new Intl.DateTimeFormat("en-US", { timeZone: zone, timeZoneName: "longOffset" }).format(epochMs);
  } catch (error) {
    throw new ResolverError(`"${zone}" is not a time zone: ${(error as Error).message}`);
  }
  const [, sign, hours, minutes] = /GMT(?:([+-])(\d\d):(\d\d))?/.exec(text) ?? [];
  return sign ? (sign === "-" ? -1 : 1) * (Number(hours) * 60 + Number(minutes)) : 0;
}

const MONTHS = [
  "January",
  "February",
  "March",
  "April",
  "May",
  "June",
  "July",
  "August",
  "September",
  "October",
  "November",
  "December",
];
const DAYS = ["Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"];
const DAY_MS = 86_400_000;

function formatField(letter: string, width: number, wall: WallClock): string {
  const { date } = wall;
  const hours = date.getUTCHours();
  switch (letter) {
    case "y":
    case "u":
      return width === 2 ? pad(date.getUTCFullYear() % 100, 2) : pad(date.getUTCFullYear(), width);
    case "Y":
      return width === 2 ? pad(weekYear(date) % 100, 2) : pad(weekYear(date), width);
    case "M":
    case "L":
      return nameOrNumber(MONTHS[date.getUTCMonth()] ?? "", date.getUTCMonth() + 1, width);
    case "d":
      return pad(date.getUTCDate(), width);
    case "D":
      return pad(
        Math.floor(
          (Date.UTC(date.getUTCFullYear(), date.getUTCMonth(), date.getUTCDate()) -
            Date.UTC(date.getUTCFullYear(), 0, 1)) /
            DAY_MS,
        ) + 1,
        width,
      );
    case "Q":
    case "q":
      return pad(Math.floor(date.getUTCMonth() / 3) + 1, width);
    case "E":
      return shortOrLong(DAYS[date.getUTCDay()] ?? "", width);
    case "e":
    case "c":
      return nameOrNumber(DAYS[date.getUTCDay()] ?? "", date.getUTCDay() + 1, width);
    case "a":
      return hours < 12 ? "AM" : "PM";
    case "H":
      return pad(hours, width);
    case "k":
      return pad(hours === 0 ? 24 : hours, width);
    case "h":
      return pad(hours % 12 === 0 ? 12 : hours % 12, width);
    case "K":
      return pad(hours % 12, width);
    case "m":
      return pad(date.getUTCMinutes(), width);
    case "s":
      return pad(date.getUTCSeconds(), width);
    case "S":
      return pad(date.getUTCMilliseconds(), 3).padEnd(width, "0").slice(0, width);
    case "n":
      return pad(date.getUTCMilliseconds() * 1_000_000, width);
    case "V":
      return wall.zone;
    case "z":
      return zoneName(wall, width);
    case "O":
      return wall.offsetMinutes === 0 ? "GMT" : `GMT${offsetText(wall.offsetMinutes, ":")}`;
    case "X":
      return wall.offsetMinutes === 0 ? "Z" : offsetOfWidth(wall.offsetMinutes, width);
    case "x":
      return offsetOfWidth(wall.offsetMinutes, width);
    case "Z":
      return width === 5
        ? wall.offsetMinutes === 0
          ? "Z"
          : offsetText(wall.offsetMinutes, ":")
        : offsetText(wall.offsetMinutes, "");
    default:
      throw new ResolverError(`The date format letter "${letter}" is not supported here`);
  }
}

function nameOrNumber(name: string, number: number, width: number): string {
  return width < 3 ? pad(number, width) : shortOrLong(name, width);
}

function shortOrLong(name: string, width: number): string {
  if (width === 5) return name.slice(0, 1);
  return width === 4 ? name : name.slice(0, 3);
}

/** The year that the week belongs to; weeks start on Sunday, and the week of January 1st is the first. */
function weekYear(date: Date): number {
  const saturday = new Date(date.getTime() + (6 - date.getUTCDay()) * DAY_MS);
  return saturday.getUTCFullYear();
}

function zoneName({ epochMs, zone }: WallClock, width: number): string {
  if (/^([+-]|(UTC|GMT|Z)$)/.test(zone)) return zone;
  const parts = new Intl.DateTimeFormat("en-US", {
    timeZone: zone,
    timeZoneName: width === 4 ? "long" : "short",
  }).formatToParts(epochMs);
  return parts.find((part) => part.type === "timeZoneName")?.value ?? zone;
}

function offsetOfWidth(minutes: number, width: number): string {
  if (width === 1) return minutes % 60 === 0 ? offsetText(minutes, "").slice(0, 3) : offsetText(minutes, "");
  return offsetText(minutes, width === 2 || width === 4 ? "" : ":");
}

function offsetText(minutes: number, separator: string): string {
  const absolute = Math.abs(minutes);
  return `${minutes < 0 ? "-" : "+"}${pad(Math.floor(absolute / 60), 2)}${separator}${pad(absolute % 60, 2)}`;
}

function pad(value: number, width: number): string {
  return String(value).padStart(width, "0");
}

function parserOf(letter: string, width: number, pattern: string): string {
  if (letter === "M" && width === 3) return `(${MONTHS.map((name) => name.slice(0, 3)).join("|")})`;
  if (letter === "M" && width === 4) return `(${MONTHS.join("|")})`;
  if (letter === "E") return "([A-Za-z]+)";
  if (letter === "a") return "(AM|PM|am|pm)";
  if ("XxZO".includes(letter)) return "(Z|GMT|[+-]\\d\\d(?::?\\d\\d)?)";
  if ("Vz".includes(letter)) return "([A-Za-z_/+:\\d-]+)";
  if ("yuMdHhKksmSD".includes(letter)) return width === 1 ? "(\\d+)" : `(\\d{${width}})`;
  throw new ResolverError(
    `The date format "${pattern}" has the letter "${letter}", which is not supported for parsing here`,
  );
}

function epochOf(fields: Record<string, string>, zone: string): number {
  const year = fields.y ?? fields.u ?? "1970";
  const fullYear = year.length === 2 ? 2000 + Number(year) : Number(year);
  const fraction = Number(`0.${fields.S ?? "0"}`);
  const wallMs = Date.UTC(
    fullYear,
    monthOf(fields.M),
    Number(fields.d ?? 1),
    hoursOf(fields),
    Number(fields.m ?? 0),
    Number(fields.s ?? 0),
    Math.floor(fraction * 1000 + 1e-6),
  );
  const named = fields.X ?? fields.x ?? fields.Z ?? fields.O ?? fields.V ?? fields.z ?? zone;
  // The offset depends on the result itself; a second pass settles the hours around a daylight-saving change.
  const guess = wallMs - offsetAt(wallMs, named) * 60_000;
  return wallMs - offsetAt(guess, named) * 60_000;
}

function monthOf(text: string | undefined): number {
  if (text === undefined) return 0;
  return /^\d/.test(text) ? Number(text) - 1 : MONTHS.findIndex((name) => name.startsWith(text.slice(0, 3)));
}

function hoursOf({ H, k, h, K, a }: Record<string, string>): number {
  if (H !== undefined) return Number(H);
  if (k !== undefined) return Number(k) % 24;
  const afternoon = a?.toUpperCase() === "PM" ? 12 : 0;
  return (Number(h ?? K ?? 0) % 12) + afternoon;
}

function quote(literal: string): string {
  return literal.replace(/[\\^$.*+?()[\]{}|/-]/g, "\\$&");
}
