/**
 * A change to rows as data: decided in core, applied by a store in one transaction. An `update` and a `check` always
 * require that the row exists; a `put` that it does not.
 */
export interface RowKey {
  readonly pk: string;
  readonly sk: string;
}

export interface Write {
  readonly key: RowKey;
  readonly kind: "put" | "update" | "check";
  /** For a put: the row without its key. */
  readonly set?: Readonly<Record<string, unknown>>;
  readonly add?: Readonly<Record<string, number>>;
  readonly remove?: readonly string[];
  readonly when?: Condition;
}

/** Everything in it must hold. */
export interface Condition {
  readonly equals?: Readonly<Record<string, string | number>>;
  readonly atLeast?: Readonly<Record<string, number>>;
  readonly atMost?: Readonly<Record<string, number>>;
  readonly oneOf?: Readonly<Record<string, readonly string[]>>;
}

/** Rows changed together, or not at all. */
export interface Change {
  readonly writes: readonly Write[];
  /** Identifies this change among all ever made: retried after an indeterminate result, it takes effect once. 1 to 36 characters. */
  readonly idempotencyToken: string;
  /** What one of the rows looks like once the change has taken effect, and not before: settles an indeterminate result. */
  readonly postcondition?: { readonly key: RowKey; readonly when: Condition };
}

/** Whether a row meets a condition. */
export function meetsCondition(row: Readonly<Record<string, unknown>>, when: Condition | undefined): boolean {
  if (!when) return true;
  const all = <T>(expected: Readonly<Record<string, T>> | undefined, fits: (value: unknown, limit: T) => boolean) =>
    Object.entries(expected ?? {}).every(([name, limit]) => fits(row[name], limit));
  return (
    all(when.equals, (value, expected) => value === expected) &&
    all(when.atLeast, (value, least) => typeof value === "number" && value >= least) &&
    all(when.atMost, (value, most) => typeof value === "number" && value <= most) &&
    all(when.oneOf, (value, allowed) => typeof value === "string" && allowed.includes(value))
  );
}

/** A row as the plain object type that the helpers of the SDK and AppSync expect. */
export type Item<Row> = { [Name in keyof Row]: Row[Name] };
