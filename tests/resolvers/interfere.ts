/** Between a function and its tables: lost responses and failures. */
import type { DynamoDBDocumentClient } from "@aws-sdk/lib-dynamodb";

type Operation = "UpdateItem" | "TransactWriteItems";

export interface Interference {
  /** How many more responses to lose. */
  readonly lost: number;
  /**
   * The next request of this kind that `body` fits takes effect, and nobody hears of it.
   * @param times how often in a row; the client itself asks three times
   */
  loseAnswerOf(operation: Operation, options?: { body?: RegExp; times?: number }): void;
  /** The next requests of this kind fail with what `fault` makes, and change nothing. */
  refuse(operation: Operation, times: number, fault: () => Error): void;
}

export function interfere(client: DynamoDBDocumentClient): Interference {
  let losing: { operation: Operation; body: RegExp; left: number } | undefined;
  let refusing: { operation: Operation; left: number; fault: () => Error } | undefined;
  client.middlewareStack.add(
    (next) => async (args) => {
      const { headers, body } = args.request as { headers: Record<string, string>; body: Uint8Array };
      const operation = headers["x-amz-target"]?.split(".")[1];
      if (refusing && refusing.left > 0 && operation === refusing.operation) {
        refusing.left -= 1;
        throw refusing.fault();
      }
      if (!losing || losing.left === 0 || losing.operation !== operation) return next(args);
      if (!losing.body.test(new TextDecoder().decode(body))) return next(args);
      losing.left -= 1;
      await next(args).catch(() => undefined);
      throw Object.assign(new Error("No answer came in time."), { name: "TimeoutError" });
    },
    { step: "finalizeRequest", priority: "low", name: "interfere" },
  );
  return {
    get lost() {
      return losing?.left ?? 0;
    },
    loseAnswerOf(operation, { body = /(?:)/, times = 1 } = {}) {
      losing = { operation, body, left: times };
    },
    refuse(operation, times, fault) {
      refusing = { operation, left: times, fault };
    },
  };
}
