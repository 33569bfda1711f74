/** Transactions on the fleet's rows. */
import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { TransactWriteCommand, type TransactWriteCommandInput } from "@aws-sdk/lib-dynamodb";
import { documentClient } from "../clients.ts";

export type TransactItems = NonNullable<TransactWriteCommandInput["TransactItems"]>;

const MAX_ATTEMPTS = 8;

/**
 * Writes all items or none; conflicts with other transactions are retried.
 * @returns the positions of the items whose condition failed; none when it was written
 */
export async function transact(TransactItems: TransactItems): Promise<number[]> {
  for (let attempt = 1; ; attempt += 1) {
    try {
      await documentClient().send(new TransactWriteCommand({ TransactItems }));
      return [];
    } catch (error) {
      if (!(error instanceof TransactionCanceledException)) throw error;
      const codes = (error.CancellationReasons ?? []).map(({ Code }) => Code);
      const failed = codes.flatMap((code, n) => (code === "ConditionalCheckFailed" ? [n] : []));
      if (failed.length > 0) return failed;
      if (!codes.includes("TransactionConflict") || attempt >= MAX_ATTEMPTS) throw error;
      await pause(attempt);
    }
  }
}

/** Longer with each attempt, and random, so that dispatchers that met do not meet again. */
export async function pause(attempt: number): Promise<void> {
  await new Promise((resolve) => setTimeout(resolve, Math.random() * Math.min(2_000, 50 * 2 ** attempt)));
}
