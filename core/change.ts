/**
 * A change of rows as data: decided here in core, carried out by a store in one transaction. An `update` and a `check`
 * always demand that the row exists; a `put` that it does not.
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

/** All of it must hold. */
export interface Condition {
  readonly equals?: Readonly<Record<string, string | number>>;
  readonly atLeast?: Readonly<Record<string, number>>;
  readonly atMost?: Readonly<Record<string, number>>;
  readonly oneOf?: Readonly<Record<string, readonly string[]>>;
}

/** Rows changed together, or none of them. */
export interface Change {
  readonly writes: readonly Write[];
  /** Names this change among all ever made: sent again after an unclear answer, it takes effect once. 1 to 36 characters. */
  readonly idempotencyToken: string;
  /** What one of the rows looks like once the change took effect, and not before: settles an unclear answer. */
  readonly postcondition?: { readonly key: RowKey; readonly when: Condition };
}

/** Whether a row meets a condition. */
export function meetsCondition(row: Readonly<Record<string, unknown>>, when: Condition | undefined): boolean {
  if (!when) return true;
  const all = <T>(demands: Readonly<Record<string, T>> | undefined, fits: (value: unknown, demand: T) => boolean) =>
    Object.entries(demands ?? {}).every(([name, demand]) => fits(row[name], demand));
  return (
    all(when.equals, (value, demand) => value === demand) &&
    all(when.atLeast, (value, demand) => typeof value === "number" && value >= demand) &&
    all(when.atMost, (value, demand) => typeof value === "number" && value <= demand) &&
    all(when.oneOf, (value, demand) => typeof value === "string" && demand.includes(value))
  );
}

/** A row as the plain object type that the SDK's and AppSync's helpers want. */
export type Item<Row> = { [Name in keyof Row]: Row[Name] };
