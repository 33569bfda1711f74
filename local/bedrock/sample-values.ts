/** The strings and numbers of a JSON answer, guessed from property names. */
import { inventMatch } from "./pattern-text.ts";
import { randomUuid } from "./random.ts";
import type { Random } from "./random.ts";
import type { Writer } from "./prose.ts";

const DAY_MS = 24 * 60 * 60 * 1000;
/** Generated dates are within five years of this. */
const FIRST_DAY_MS = Date.UTC(2020, 0, 1);
const DAYS = 5 * 365;

/** Ranges that a name suggests (minimum and maximum), where the schema sets none. */
const RANGES: readonly (readonly [RegExp, number, number])[] = [
  [/year/i, 1950, 2025],
  [/rating|score|stars|grade|level|difficulty|confidence/i, 1, 5],
  [/age/i, 18, 80],
  [/percent|probability/i, 1, 100],
  [/price|cost|amount|total/i, 5, 200],
];

type TextMaker = (tools: { writer: Writer; random: Random }) => string;

const FORMATS: Readonly<Record<string, TextMaker>> = {
  date: ({ random }) => inventDate(random).slice(0, 10),
  "date-time": ({ random }) => inventDate(random),
  time: ({ random }) => inventDate(random).slice(11),
  email: ({ writer }) => inventEmail(writer),
  uri: ({ writer }) => `https://example.com/${slug(writer.label())}`,
  url: ({ writer }) => `https://example.com/${slug(writer.label())}`,
  hostname: ({ writer }) => `${slug(writer.label())}.example.com`,
  ipv4: ({ random }) => `192.0.2.${1 + random.below(254)}`,
  uuid: ({ random }) => randomUuid(random),
  duration: ({ random }) => `P${1 + random.below(28)}D`,
};

/** The first that matches the property's name wins; the last matches all. */
const BY_NAME: readonly (readonly [RegExp, TextMaker])[] = [
  [/question|prompt$|query/i, ({ writer }) => writer.question()],
  [/e-?mail/i, ({ writer }) => inventEmail(writer)],
  [/url|link|website/i, ({ writer }) => `https://example.com/${slug(writer.label())}`],
  [/(^|[a-z_])(id|slug|code)$|^id/i, ({ writer, random }) => `${slug(writer.label())}-${1 + random.below(999)}`],
  [/(created|updated)?At$|timestamp|datetime/, ({ random }) => inventDate(random)],
  [/date|day/i, ({ random }) => inventDate(random).slice(0, 10)],
  [/title|headline|subject|heading/i, ({ writer }) => writer.title()],
  [/author|person|character|speaker|user|customer|^name$|fullName/i, ({ writer }) => writer.personName()],
  [/city|place|location|country/i, ({ writer }) => writer.place()],
  [/tag|keyword|categor|topic|label|genre|entity|term|word|type|kind|name/i, ({ writer }) => writer.label()],
  [/point|item|step|fact|reason$|hint|bullet/i, ({ writer }) => writer.item()],
  [
    /answer|explanation|description|body|content|text|rationale|response|essay/i,
    ({ writer, random }) => writer.sentences(1 + random.below(3)),
  ],
  [/./s, ({ writer }) => writer.sentence()],
];

/** A string with the schema's format and lengths. */
export function inventText(
  schema: { [key: string]: any },
  name: string,
  tools: { writer: Writer; random: Random },
): string {
  const ofFormat = Object.hasOwn(FORMATS, schema.format ?? "") ? FORMATS[schema.format] : undefined;
  if (ofFormat) return ofFormat(tools);
  const match = schema.pattern === undefined ? undefined : inventMatch(schema.pattern, tools.random);
  if (match !== undefined) return match;
  const ofName = BY_NAME.find(([pattern]) => pattern.test(name))?.[1];
  const text = ofName ? ofName(tools) : tools.writer.sentence();
  return fitLength(text, schema.minLength ?? 0, schema.maxLength ?? Infinity, tools.writer);
}

/** A number within the schema's bounds; without bounds, within those the name suggests. */
export function inventNumber(
  schema: { [key: string]: any },
  type: "integer" | "number",
  name: string,
  random: Random,
): number {
  const step: number = schema.multipleOf ?? (type === "integer" ? 1 : 0);
  const [least, most] = chooseBounds(schema, name);
  if (step > 0)
    return pickMultiple(schema, type === "integer" && !Number.isInteger(step) ? 1 : step, least, most, random);
  const rough = least + (most - least) * random.next();
  const rounded = Math.round(rough * 100) / 100;
  const fitsRounded = rounded > least && rounded < most;
  return fitsRounded ? rounded : rough;
}

function chooseBounds(schema: { [key: string]: any }, name: string): [number, number] {
  const [, least, most] = RANGES.find(([pattern]) => pattern.test(name)) ?? [undefined, 1, 100];
  const lower = Math.max(schema.minimum ?? -Infinity, schema.exclusiveMinimum ?? -Infinity);
  const upper = Math.min(schema.maximum ?? Infinity, schema.exclusiveMaximum ?? Infinity);
  if (lower === -Infinity && upper === Infinity) return [least, most];
  if (lower === -Infinity) return [upper > least ? least : upper - (most - least), upper];
  if (upper === Infinity) return [lower, lower < most ? most : lower + (most - least)];
  return [lower, upper];
}

function pickMultiple(
  schema: { [key: string]: any },
  step: number,
  least: number,
  most: number,
  random: Random,
): number {
  let first = Math.ceil(least / step);
  let last = Math.floor(most / step);
  if (first * step <= (schema.exclusiveMinimum ?? -Infinity)) first++;
  if (last * step >= (schema.exclusiveMaximum ?? Infinity)) last--;
  return (first + random.below(Math.max(1, last - first + 1))) * step;
}

function fitLength(text: string, least: number, most: number, writer: Writer): string {
  let characters = [...text];
  while (characters.length < least) characters = [...characters, " ", ...writer.sentence()];
  if (characters.length <= most) return characters.join("");
  const cut = characters.slice(0, most).join("");
  const atWord = cut.replace(/\s+\S*$/, "").replace(/[\s,;:]+$/, "");
  return [...atWord].length >= Math.max(least, 1) ? atWord : cut;
}

function inventDate(random: Random): string {
  const day = FIRST_DAY_MS + random.below(DAYS) * DAY_MS;
  return new Date(day + random.below(DAY_MS / 1000) * 1000).toISOString();
}

function inventEmail(writer: Writer): string {
  return `${writer.personName().toLowerCase().replace(" ", ".")}@example.com`;
}

function slug(text: string): string {
  return (
    text
      .normalize("NFKD")
      .toLowerCase()
      .replace(/[^a-z0-9]+/g, "-")
      .replace(/^-+|-+$/g, "")
      .slice(0, 40) || "item"
  );
}
