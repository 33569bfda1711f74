/** A proxy in front of DynamoDB's tables that asks each request what it consumed, and adds that up. */
import { listen, readBody, type Listening } from "../local/http.ts";

export interface Capacity extends Pick<Listening, "url" | "close"> {
  /**
   * Units consumed so far by reads and writes: `read Jobs`, `write Jobs`, `read Jobs/queue` for an index. Writes do not include
   * those to indexes.
   */
  readonly units: ReadonlyMap<string, number>;
  total(kind: "read" | "write"): number;
  /** The most units that one request of an operation consumed, such as `UpdateItem`. */
  readonly largest: ReadonlyMap<string, number>;
}

export async function measureCapacity(tables: string): Promise<Capacity> {
  const units = new Map<string, number>();
  const largest = new Map<string, number>();
  const { url, close } = await listen(async (request, response) => {
    const operation = String(request.headers["x-amz-target"]).split(".").at(-1) ?? "";
    const asked = JSON.parse((await readBody(request)).toString()) as Record<string, any>;
    const answer = await fetch(tables, {
      method: "POST",
      headers: Object.fromEntries(FORWARDED.map((name) => [name, String(request.headers[name] ?? "")])),
      body: JSON.stringify({ ...asked, ReturnConsumedCapacity: "TOTAL" }),
    });
    const text = await answer.text();
    const { ConsumedCapacity } = JSON.parse(text) as { ConsumedCapacity?: Consumed | Consumed[] };
    const consumed = [ConsumedCapacity ?? []].flat();
    const sum = consumed.reduce((all, { CapacityUnits }) => all + CapacityUnits, 0);
    largest.set(operation, Math.max(sum, largest.get(operation) ?? 0));
    for (const { TableName, CapacityUnits } of consumed) {
      const name = `${kindOf(operation)} ${TableName}${asked.IndexName ? `/${asked.IndexName}` : ""}`;
      units.set(name, (units.get(name) ?? 0) + Math.max(CapacityUnits, LEAST));
    }
    response.writeHead(answer.status, { "content-type": "application/x-amz-json-1.0" }).end(text);
  });
  const total = (kind: string) =>
    [...units].reduce((sum, [name, count]) => sum + (name.startsWith(`${kind} `) ? count : 0), 0);
  return { url, close, units, total, largest };
}

interface Consumed {
  readonly TableName: string;
  readonly CapacityUnits: number;
}

const FORWARDED = ["x-amz-target", "content-type", "authorization", "x-amz-date"];
/** What a query that finds nothing costs. */
const LEAST = 0.5;

function kindOf(operation: string): "read" | "write" {
  return /^(Get|BatchGet|TransactGet|Query|Scan)/.test(operation) ? "read" : "write";
}
