/** A proxy for the tables that simulates rows locked by a transaction. */
import { sendJson, type Listening } from "../../local/http.ts";
import { inFrontOf } from "../local/in-front-of.ts";

export interface LockedRows extends Pick<Listening, "url" | "close"> {
  /** Fails the next single-row updates, as if a transaction locked the rows. */
  hold(updates: number): void;
}

export async function startLockedRows(tables: string): Promise<LockedRows> {
  let locked = 0;
  const { url, close } = await inFrontOf(tables, ({ headers }, response) => {
    if (locked === 0 || headers["x-amz-target"] !== "DynamoDB_20120810.UpdateItem") return false;
    locked -= 1;
    const message = "Transaction is ongoing for the item";
    sendJson(response, 400, { __type: "com.amazonaws.dynamodb.v20120810#TransactionConflictException", message });
    return true;
  });
  return { url, close, hold: (updates) => void (locked = updates) };
}
