/** The size of an item as DynamoDB counts it, and its limits. */
import { AwsError } from "../service.ts";
import type { AttributeValue, Item } from "./dynalite.ts";

const MAX_ITEM_BYTES = 400 * 1024;
const NESTED_OVERHEAD_BYTES = 3;

/** Names and values in UTF-8; numbers take about a byte per two digits. */
export function itemBytes(item: Item): number {
  return Object.entries(item).reduce((sum, [name, value]) => sum + Buffer.byteLength(name) + valueBytes(value), 0);
}

/** @throws AwsError `ValidationException` */
export function assertItemSize(bytes: number): void {
  if (bytes <= MAX_ITEM_BYTES) return;
  throw new AwsError(400, "ValidationException", "Item size has exceeded the maximum allowed size");
}

function valueBytes(value: AttributeValue): number {
  const [type, content] = Object.entries(value)[0] ?? ["NULL", true];
  switch (type) {
    case "S":
      return Buffer.byteLength(content);
    case "N":
      return numberBytes(content);
    case "B":
      return Buffer.byteLength(content, "base64");
    case "SS":
      return sum(content as string[], (text) => Buffer.byteLength(text));
    case "NS":
      return sum(content as string[], numberBytes);
    case "BS":
      return sum(content as string[], (text) => Buffer.byteLength(text, "base64"));
    case "L":
      return NESTED_OVERHEAD_BYTES + sum(content as AttributeValue[], (member) => 1 + valueBytes(member));
    case "M":
      return NESTED_OVERHEAD_BYTES + Object.keys(content).length + itemBytes(content);
    default:
      return 1;
  }
}

function numberBytes(text: string): number {
  const digits = text
    .replace(/^-/, "")
    .replace(".", "")
    .replace(/^0+|0+$/g, "").length;
  return 1 + Math.ceil(digits / 2) + (text.startsWith("-") ? 1 : 0);
}

function sum<T>(values: readonly T[], bytesOf: (value: T) => number): number {
  return values.reduce((total, value) => total + bytesOf(value), 0);
}
