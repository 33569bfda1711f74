/** Client request tokens: for ten minutes, the same token means the same transaction, even after a restart. */
import { createHash } from "node:crypto";
import { AwsError } from "../service.ts";
import type { Clock } from "../service.ts";
import type { Changes } from "./changes.ts";
import type { Database } from "./database.ts";

const TOKEN_PREFIX = "token~";
const VALID_MS = 10 * 60 * 1000;

interface KnownToken {
  readonly digest: string;
  readonly atMs: number;
}

export class Idempotency {
  private readonly running = new Set<string>();

  constructor(
    private readonly database: Database,
    private readonly clock: Clock,
  ) {}

  /**
   * Runs a transaction, or `repeated` if the token's transaction has already succeeded.
   * `work` must call `remember` with the changes it stores.
   * @throws AwsError `IdempotentParameterMismatchException`, `TransactionInProgressException`
   */
  async once<T>(
    request: Readonly<Record<string, any>>,
    work: (remember: (changes: Changes) => void) => Promise<T>,
    repeated: () => T,
  ): Promise<T> {
    const token = request.ClientRequestToken as string | undefined;
    if (token === undefined) return work(() => undefined);
    assertToken(token);
    const digest = digestOf(request);
    if (this.isKnown(token, digest)) return repeated();
    if (this.running.has(token)) {
      throw new AwsError(
        400,
        "TransactionInProgressException",
        "The transaction with the given request token is already in progress.",
      );
    }
    this.running.add(token);
    try {
      return await work((changes) => changes.putRecord(TOKEN_PREFIX + token, { digest, atMs: this.clock.now() }));
    } finally {
      this.running.delete(token);
    }
  }

  /** Removes expired tokens. */
  async forgetExpired(): Promise<void> {
    for await (const [key, known] of this.database.entries<KnownToken>(TOKEN_PREFIX)) {
      if (this.isExpired(known)) await this.database.batch([{ type: "del", key }]);
    }
  }

  private isKnown(token: string, digest: string): boolean {
    const known = this.database.get(TOKEN_PREFIX + token) as KnownToken | undefined;
    if (!known || this.isExpired(known)) return false;
    if (known.digest === digest) return true;
    throw new AwsError(
      400,
      "IdempotentParameterMismatchException",
      "The request uses the same client token as a previous, but non-identical request. Do not reuse a client token with different requests, unless the requests are identical",
    );
  }

  private isExpired(known: KnownToken): boolean {
    return this.clock.now() - known.atMs > VALID_MS;
  }
}

function assertToken(token: string): void {
  if (/^[\x21-\x7e]{1,36}$/.test(token)) return;
  throw new AwsError(
    400,
    "ValidationException",
    `1 validation error detected: Value '${token}' at 'clientRequestToken' failed to satisfy constraint: Member must have length less than or equal to 36`,
  );
}

function digestOf(request: Readonly<Record<string, any>>): string {
  return createHash("sha256")
    .update(JSON.stringify(sorted(request.TransactItems)))
    .digest("hex");
}

/** The same request may arrive with its members in a different order. */
function sorted(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sorted);
  if (typeof value !== "object" || value === null) return value;
  return Object.fromEntries(
    Object.entries(value)
      .sort(([a], [b]) => (a < b ? -1 : 1))
      .map(([key, member]) => [key, sorted(member)]),
  );
}
