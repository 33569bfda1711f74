/** The items of a TransactWriteItems request. The helpers of `@aws-appsync/utils` cannot return the row whose condition failed. */
import { util } from "@aws-appsync/utils";

interface Key {
  pk: string;
  sk: string;
}

/** An expression with `#names` and `:values`. */
export interface Expression {
  expression: string;
  names: Record<string, string>;
  values: Record<string, unknown>;
}

/** What went wrong with the item at the same index of the request; `type` is `None` where nothing did. */
export interface CancellationReason {
  type?: string;
  item?: Record<string, any> | null;
}

/** Puts a row that must not exist yet. */
export function putNew(table: string, row: Key & object) {
  return putIf(table, row, { expression: "attribute_not_exists(pk)", names: {}, values: {} });
}

export function put(table: string, row: Key & object) {
  const { pk, sk, ...attributes } = row;
  return {
    table,
    operation: "PutItem" as const,
    key: util.dynamodb.toMapValues({ pk, sk }),
    attributeValues: util.dynamodb.toMapValues(attributes),
  };
}

export function remove(table: string, { pk, sk }: Key) {
  return { table, operation: "DeleteItem" as const, key: util.dynamodb.toMapValues({ pk, sk }) };
}

export function removeIf(table: string, key: Key, condition: Expression) {
  return {
    ...remove(table, key),
    condition: { ...expressionOf(condition), returnValuesOnConditionCheckFailure: true },
  };
}

export function putIf(table: string, row: Key & object, condition: Expression) {
  const { pk, sk, ...attributes } = row;
  return {
    table,
    operation: "PutItem" as const,
    key: util.dynamodb.toMapValues({ pk, sk }),
    attributeValues: util.dynamodb.toMapValues(attributes),
    condition: { ...expressionOf(condition), returnValuesOnConditionCheckFailure: true },
  };
}

export function updateIf(table: string, key: Key, update: Expression, condition: Expression) {
  return {
    table,
    operation: "UpdateItem" as const,
    key: util.dynamodb.toMapValues(key),
    update: expressionOf(update),
    condition: { ...expressionOf(condition), returnValuesOnConditionCheckFailure: true },
  };
}

export function checkThat(table: string, key: Key, condition: Expression) {
  return {
    table,
    operation: "ConditionCheck" as const,
    key: util.dynamodb.toMapValues(key),
    condition: { ...expressionOf(condition), returnValuesOnConditionCheckFailure: true },
  };
}

/** Whether the condition of the item at that index failed. */
export function conditionFailedAt(reasons: CancellationReason[] | null | undefined, n: number): boolean {
  const type = reasons?.[n]?.type ?? "None";
  return type.startsWith("ConditionalCheckFailed");
}

/** Whether another transaction touched a row at the same time: nothing was written, and a retry is safe. */
export function hasTransactionConflict(reasons: CancellationReason[] | null | undefined): boolean {
  return (reasons ?? []).some((reason) => (reason.type ?? "None").startsWith("TransactionConflict"));
}

function expressionOf({ expression, names, values }: Expression) {
  return {
    expression,
    // DynamoDB rejects empty maps.
    ...(Object.keys(names).length > 0 ? { expressionNames: names } : {}),
    ...(Object.keys(values).length > 0 ? { expressionValues: util.dynamodb.toMapValues(values) } : {}),
  };
}
