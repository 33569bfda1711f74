/** Reads and writes S3's XML. */
import { XMLParser } from "fast-xml-parser";
import { AwsError } from "../service.ts";

export type XmlValue = string | number | boolean | undefined | XmlElements | readonly XmlValue[];
export interface XmlElements {
  readonly [name: string]: XmlValue;
}

const NAMESPACE = "http://s3.amazonaws.com/doc/2006-03-01/";
/** Elements that repeat, so that even a single one becomes a list. */
const LISTS = new Set(["Part", "Object", "Tag"]);

// Keys may begin or end with spaces or look like numbers; `&#xA;` and its like encode characters that XML would not preserve.
const parser = new XMLParser({
  ignoreAttributes: true,
  parseTagValue: false,
  trimValues: false,
  htmlEntities: true,
  isArray: (name) => LISTS.has(name),
});

/** `<root>…</root>` with a member for each element; a list repeats its element, `undefined` leaves it out. */
export function xmlDocument(root: string, content: XmlElements, namespace = NAMESPACE): string {
  const attribute = namespace ? ` xmlns="${namespace}"` : "";
  return `<?xml version="1.0" encoding="UTF-8"?>\n<${root}${attribute}>${elements(content)}</${root}>`;
}

/**
 * The content of a document with the given root; all leaves are strings.
 * @throws AwsError 400 `MalformedXML`
 */
export function parseXml(text: string, root: string): Record<string, any> {
  let parsed: Record<string, any>;
  try {
    parsed = parser.parse(text, true) as Record<string, any>;
  } catch {
    throw malformedXml();
  }
  const content = parsed[root] as unknown;
  if (typeof content === "object" && content !== null) return content;
  if (typeof content === "string" && content.trim() === "") return {};
  throw malformedXml();
}

export function malformedXml(): AwsError {
  return new AwsError(
    400,
    "MalformedXML",
    "The XML you provided was not well-formed or did not validate against our published schema",
  );
}

function elements(content: XmlElements): string {
  return Object.entries(content)
    .map(([name, value]) => element(name, value))
    .join("");
}

function element(name: string, value: XmlValue): string {
  if (value === undefined) return "";
  if (Array.isArray(value)) return value.map((member) => element(name, member)).join("");
  const inner = typeof value === "object" ? elements(value as XmlElements) : escape(String(value));
  return `<${name}>${inner}</${name}>`;
}

function escape(text: string): string {
  return text.replace(/[<>&"'\r\n]/g, (char) => `&#${char.charCodeAt(0)};`);
}
