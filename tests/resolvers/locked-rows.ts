/** A door to the tables behind which a transaction may have rows in hand. */
import { sendJson, type Listening } from "../../local/http.ts";
import { inFrontOf } from "../local/in-front-of.ts";

export interface HeldRows extends Pick<Listening, "url" | "close"> {
  /** The next updates of rows alone are refused, as while a transaction has them in hand. */
  hold(updates: number): void;
}

export async function startHeldRows(tables: string): Promise<HeldRows> {
  let held = 0;
  const { url, close } = await inFrontOf(tables, ({ headers }, response) => {
    if (held === 0 || headers["x-amz-target"] !== "DynamoDB_20120810.UpdateItem") return false;
    held -= 1;
    const message = "Transaction is ongoing for the item";
    sendJson(response, 400, { __type: "com.amazonaws.dynamodb.v20120810#TransactionConflictException", message });
    return true;
  });
  return { url, close, hold: (updates) => void (held = updates) };
}
