/** A door to the tables behind which a transaction may have rows in hand. */
import { listen, readBody, sendJson, type Listening } from "../../local/http.ts";

export interface HeldRows extends Pick<Listening, "url" | "close"> {
  /** The next updates of rows alone are refused, as while a transaction has them in hand. */
  hold(updates: number): void;
}

export async function startHeldRows(tables: string): Promise<HeldRows> {
  let held = 0;
  const { url, close } = await listen(async (request, response) => {
    const body = await readBody(request);
    if (held > 0 && request.headers["x-amz-target"] === "DynamoDB_20120810.UpdateItem") {
      held -= 1;
      const message = "Transaction is ongoing for the item";
      return sendJson(response, 400, {
        __type: "com.amazonaws.dynamodb.v20120810#TransactionConflictException",
        message,
      });
    }
    const { "x-amz-target": target = "", authorization = "", "content-type": type = "" } = request.headers;
    const headers = { "x-amz-target": String(target), authorization, "content-type": type };
    const answer = await fetch(tables, { method: "POST", headers, body: new Uint8Array(body) });
    sendJson(response, answer.status, await answer.json());
  });
  return { url, close, hold: (updates) => void (held = updates) };
}
