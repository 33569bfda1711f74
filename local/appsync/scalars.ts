/** AppSync's own scalar types. */
import { isIP } from "node:net";
import { GraphQLError, GraphQLScalarType, valueFromASTUntyped } from "graphql";

const OFFSET = String.raw`(?:Z|[+-]\d\d:\d\d(?::\d\d)?)`;
const DATE = String.raw`\d{4}-(?:0[1-9]|1[0-2])-(?:0[1-9]|[12]\d|3[01])`;
const TIME = String.raw`(?:[01]\d|2[0-3]):[0-5]\d(?::[0-5]\d(?:\.\d*)?)?`;

export const SCALARS: readonly GraphQLScalarType[] = [
  textScalar("AWSDate", (text) => isText(text, `^${DATE}${OFFSET}?$`) && isDay(text)),
  textScalar("AWSTime", (text) => isText(text, `^${TIME}${OFFSET}?$`)),
  textScalar("AWSDateTime", (text) => isText(text, `^${DATE}T${TIME}${OFFSET}$`) && isDay(text)),
  textScalar("AWSEmail", (text) => /^[^\s@]+@[^\s@]+$/.test(text)),
  textScalar("AWSURL", (text) => URL.canParse(text) && !new URL(text).pathname.includes("//")),
  textScalar("AWSPhone", (text) => /^\+?[\d\s().-]{3,}$/.test(text) && text.replace(/\D/g, "").length >= 3),
  textScalar("AWSIPAddress", isAddress),
  new GraphQLScalarType({ name: "AWSTimestamp", parseValue: timestamp, serialize: timestamp }),
  new GraphQLScalarType({
    name: "AWSJSON",
    // JSON arrives as a string and reaches the resolvers parsed.
    parseValue: parseJson,
    serialize: (value) => (typeof value === "string" ? value : JSON.stringify(value)),
  }),
];

function textScalar(name: string, accepts: (text: string) => boolean): GraphQLScalarType {
  const check = (value: unknown) => {
    if (typeof value === "string" && accepts(value)) return value;
    throw new GraphQLError(`${JSON.stringify(value)} is not a valid ${name}`);
  };
  return new GraphQLScalarType({
    name,
    parseValue: check,
    serialize: check,
    parseLiteral: (node) => check(valueFromASTUntyped(node)),
  });
}

function isText(text: string, pattern: string): boolean {
  return new RegExp(pattern).test(text);
}

/** February 30th has the form of a date. */
function isDay(text: string): boolean {
  const day = text.slice(0, 10);
  const date = new Date(`${day}T00:00:00Z`);
  return !Number.isNaN(date.getTime()) && date.toISOString().startsWith(day);
}

function isAddress(text: string): boolean {
  const [address = "", bits, ...rest] = text.split("/");
  const version = isIP(address);
  if (version === 0 || rest.length > 0) return false;
  return bits === undefined || (/^\d{1,3}$/.test(bits) && Number(bits) <= (version === 4 ? 32 : 128));
}

function timestamp(value: unknown): number {
  if (typeof value === "number" && Number.isInteger(value)) return value;
  throw new GraphQLError(`${JSON.stringify(value)} is not a valid AWSTimestamp`);
}

function parseJson(value: unknown): unknown {
  try {
    return JSON.parse(String(value));
  } catch {
    throw new GraphQLError(`${JSON.stringify(value)} is not a valid AWSJSON`);
  }
}
