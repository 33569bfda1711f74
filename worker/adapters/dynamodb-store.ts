/** Rows in DynamoDB: core's conditions become condition expressions; one write is an update or a put, several are a transaction. */
import type { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { ConditionalCheckFailedException, TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import {
  BatchGetCommand,
  DynamoDBDocumentClient,
  GetCommand,
  PutCommand,
  TransactWriteCommand,
  UpdateCommand,
  type TransactWriteCommandInput,
} from "@aws-sdk/lib-dynamodb";
import type { Change, Condition, RowKey, Write } from "#core/change";
import type { Row, Store } from "../ports.ts";

type TransactItem = NonNullable<TransactWriteCommandInput["TransactItems"]>[number];

export class DynamoDbStore implements Store {
  readonly #client: DynamoDBDocumentClient;

  constructor(
    client: DynamoDBClient,
    readonly tableName: string,
  ) {
    this.#client = DynamoDBDocumentClient.from(client, { marshallOptions: { removeUndefinedValues: true } });
  }

  async read(key: RowKey): Promise<Row | undefined> {
    const { Item } = await this.#client.send(
      new GetCommand({ TableName: this.tableName, Key: key, ConsistentRead: true }),
    );
    return Item;
  }

  /** At most 100 keys, BatchGetItem's limit, which is more than a job has shards. */
  async readAll(keys: readonly RowKey[]): Promise<(Row | undefined)[]> {
    const found = new Map<string, Row>();
    let pending: RowKey[] = [...keys];
    while (pending.length > 0) {
      const request = { RequestItems: { [this.tableName]: { Keys: pending, ConsistentRead: true } } };
      const { Responses, UnprocessedKeys } = await this.#client.send(new BatchGetCommand(request));
      for (const row of Responses?.[this.tableName] ?? []) found.set(nameOf(row as RowKey), row);
      pending = (UnprocessedKeys?.[this.tableName]?.Keys ?? []) as RowKey[];
    }
    return keys.map((key) => found.get(nameOf(key)));
  }

  async write({ writes, idempotencyToken }: Change): Promise<boolean> {
    try {
      const [only] = writes;
      if (only && writes.length === 1) await this.#writeOne(only);
      else
        await this.#client.send(
          new TransactWriteCommand({
            TransactItems: writes.map((write) => this.#item(write)),
            ClientRequestToken: idempotencyToken,
          }),
        );
      return true;
    } catch (error) {
      if (isConditionFailure(error)) return false;
      throw error;
    }
  }

  /** Closes the connections. */
  destroy(): void {
    this.#client.destroy();
  }

  async #writeOne(write: Write): Promise<void> {
    const item = this.#item(write);
    if (item.Put) await this.#client.send(new PutCommand(item.Put));
    else if (item.Update) await this.#client.send(new UpdateCommand(item.Update));
    else throw new Error("A single write must be a put or an update, not a check.");
  }

  #item(write: Write): TransactItem {
    const { key, kind, set } = write;
    const TableName = this.tableName;
    if (kind === "put")
      return { Put: { TableName, Item: { ...set, ...key }, ConditionExpression: "attribute_not_exists(pk)" } };
    const expression = new Expression();
    const ConditionExpression = expression.condition(write.when);
    if (kind === "check") return { ConditionCheck: { TableName, Key: key, ConditionExpression, ...expression.names } };
    return {
      Update: {
        TableName,
        Key: key,
        UpdateExpression: expression.update(write),
        ConditionExpression,
        ...expression.names,
      },
    };
  }
}

/** A transaction in conflict with another is not a condition failure: it may be sent again. */
function isConditionFailure(error: unknown): boolean {
  if (error instanceof ConditionalCheckFailedException) return true;
  if (!(error instanceof TransactionCanceledException)) return false;
  return error.CancellationReasons?.some(({ Code }) => Code === "ConditionalCheckFailed") ?? false;
}

/** Builds expressions with a placeholder for every name and value, because many of our names are reserved words. */
class Expression {
  readonly #names: Record<string, string> = {};
  readonly #values: Record<string, unknown> = {};

  update({ set, add, remove }: Write): string {
    const clause = (keyword: string, parts: string[]) => (parts.length > 0 ? [`${keyword} ${parts.join(", ")}`] : []);
    return [
      ...clause(
        "SET",
        entries(set).map(([name, value]) => `${this.#name(name)} = ${this.#value(value)}`),
      ),
      ...clause(
        "ADD",
        entries(add).map(([name, value]) => `${this.#name(name)} ${this.#value(value)}`),
      ),
      ...clause(
        "REMOVE",
        (remove ?? []).map((name) => this.#name(name)),
      ),
    ].join(" ");
  }

  condition(when: Condition | undefined): string {
    return [
      `attribute_exists(${this.#name("pk")})`,
      ...entries(when?.equals).map(([name, value]) => `${this.#name(name)} = ${this.#value(value)}`),
      ...entries(when?.atLeast).map(([name, value]) => `${this.#name(name)} >= ${this.#value(value)}`),
      ...entries(when?.atMost).map(([name, value]) => `${this.#name(name)} <= ${this.#value(value)}`),
      ...entries(when?.oneOf).map(
        ([name, values]) => `${this.#name(name)} IN (${values.map((value) => this.#value(value)).join(", ")})`,
      ),
    ].join(" AND ");
  }

  get names() {
    const values = Object.keys(this.#values).length > 0 ? { ExpressionAttributeValues: this.#values } : {};
    return { ExpressionAttributeNames: this.#names, ...values };
  }

  #name(name: string): string {
    this.#names[`#${name}`] = name;
    return `#${name}`;
  }

  #value(value: unknown): string {
    const placeholder = `:${Object.keys(this.#values).length}`;
    this.#values[placeholder] = value;
    return placeholder;
  }
}

function entries<T>(record: Readonly<Record<string, T>> | undefined): [string, T][] {
  return Object.entries(record ?? {}).filter(([, value]) => value !== undefined);
}

function nameOf({ pk, sk }: RowKey): string {
  return `${pk}\n${sk}`;
}
