/** Every operation of the API: validate, authorize, run. */
import { AwsError } from "../service.ts";
import type { Access, Caller, CloudContext } from "../service.ts";
import { Authorization } from "./authorization.ts";
import type { Database } from "./database.ts";
import { parseRequest } from "./dynalite.ts";
import { Idempotency } from "./idempotency.ts";
import { InFlight } from "./in-flight.ts";
import { batchWrite, read, writeItem } from "./items.ts";
import { wantsOldItem } from "./old-item.ts";
import { createTable, deleteTable, describeTable, updateTable } from "./tables.ts";
import { listTags, tagTable, untagTable } from "./tags.ts";
import { deleteExpired, describeTimeToLive } from "./time-to-live.ts";
import { parseTransactGet, parseTransactWrite, transactGet, transactWrite } from "./transactions.ts";

/** The accesses a request needs, and how to run it once they are granted. */
interface Prepared {
  readonly accesses: readonly Access[];
  run(): Promise<object>;
}

type Body = Record<string, any>;

export class Operations {
  private readonly inFlight = new InFlight();
  private readonly idempotency: Idempotency;
  private readonly authorization: Authorization;

  constructor(
    private readonly database: Database,
    private readonly context: CloudContext,
  ) {
    this.idempotency = new Idempotency(database, context.clock);
    this.authorization = new Authorization(database, (name) => this.tableArn(name));
  }

  tableArn(name: string): string {
    return `arn:aws:dynamodb:${this.context.region}:${this.context.accountId}:table/${name}`;
  }

  /** @throws AwsError as from DynamoDB */
  async answer(operation: string, body: Body, caller: Caller): Promise<object> {
    const prepare = this.operations[operation];
    if (!prepare)
      throw new AwsError(400, "UnknownOperationException", `The local DynamoDB does not support ${operation}.`);
    const { accesses, run } = prepare(withoutArns(body));
    this.context.gate.authorize(caller, ...accesses);
    return run();
  }

  /** Removes what has expired by the cloud's clock. */
  async sweep(): Promise<void> {
    await deleteExpired(this.database, this.context.clock.now());
    await this.idempotency.forgetExpired();
  }

  private readonly operations: Record<string, ((body: Body) => Prepared) | undefined> = {
    GetItem: (body) => this.item("GetItem", body),
    PutItem: (body) => this.item("PutItem", body),
    UpdateItem: (body) => this.item("UpdateItem", body),
    DeleteItem: (body) => this.item("DeleteItem", body),
    Query: (body) => this.search("Query", body),
    Scan: (body) => this.search("Scan", body),
    BatchGetItem: (body) => {
      const data = parseRequest("BatchGetItem", body);
      return { accesses: this.authorization.ofBatchGet(data), run: () => read(this.stores, "BatchGetItem", data) };
    },
    BatchWriteItem: (body) => {
      const data = parseRequest("BatchWriteItem", body);
      return { accesses: this.authorization.ofBatchWrite(data), run: () => batchWrite(this.stores, data) };
    },
    TransactWriteItems: (body) => {
      const writes = parseTransactWrite(body);
      const stores = { ...this.stores, idempotency: this.idempotency };
      return {
        accesses: this.authorization.ofTransactWrite(writes),
        run: async () => transactWrite(stores, body, writes),
      };
    },
    TransactGetItems: (body) => {
      const gets = parseTransactGet(body);
      return { accesses: this.authorization.ofTransactGet(gets), run: () => transactGet(this.stores, gets) };
    },
    ListTables: (body) => ({
      accesses: this.authorization.ofTable("ListTables", undefined),
      run: async () => this.listTables(parseRequest("ListTables", body)),
    }),
    DescribeTable: (body) =>
      this.table("DescribeTable", body, async (name) => ({ Table: this.database.table(name).description })),
    CreateTable: (body) =>
      this.table("CreateTable", body, (name) => {
        const tags = Object.fromEntries((body.Tags ?? []).map((tag: Body) => [tag.Key, tag.Value]));
        return createTable(this.database, describeTable(body, this.tableArn(name), this.context.clock.now()), tags);
      }),
    UpdateTable: (body) => this.table("UpdateTable", body, () => updateTable(this.database, body)),
    DeleteTable: (body) => this.table("DeleteTable", body, (name) => deleteTable(this.database, name)),
    DescribeTimeToLive: (body) =>
      this.table("DescribeTimeToLive", body, async (name) => describeTimeToLive(this.database.table(name))),
    UpdateTimeToLive: (body) => this.table("UpdateTimeToLive", body, (name) => this.updateTimeToLive(name, body)),
    TagResource: (body) => this.tags("TagResource", body, (name) => tagTable(this.database, name, body.Tags)),
    UntagResource: (body) => this.tags("UntagResource", body, (name) => untagTable(this.database, name, body.TagKeys)),
    ListTagsOfResource: (body) => this.tags("ListTagsOfResource", body, async (name) => listTags(this.database, name)),
  };

  private get stores() {
    return { database: this.database, inFlight: this.inFlight };
  }

  private item(operation: string, body: Body): Prepared {
    const returnOldItem = wantsOldItem(body);
    const data = parseRequest(operation, body);
    return {
      accesses: this.authorization.ofItem(operation, data),
      run: () =>
        operation === "GetItem"
          ? read(this.stores, operation, data)
          : writeItem(this.stores, operation, data, returnOldItem),
    };
  }

  private search(operation: string, body: Body): Prepared {
    const data = parseRequest(operation, body);
    return { accesses: this.authorization.ofSearch(operation, data), run: () => read(this.stores, operation, data) };
  }

  /** Operations on tables run one at a time, between writes. */
  private table(operation: string, body: Body, run: (tableName: string) => Promise<object>): Prepared {
    const name = body.TableName as unknown;
    if (typeof name !== "string" || name.length < 3) {
      throw new AwsError(
        400,
        "ValidationException",
        "TableName must be at least 3 characters long and at most 255 characters long",
      );
    }
    return {
      accesses: this.authorization.ofTable(operation, name),
      run: () => this.database.alone(() => run(name)),
    };
  }

  private tags(operation: string, body: Body, run: (tableName: string) => Promise<object>): Prepared {
    const { ResourceArn: arn } = parseRequest(operation, structuredClone(body));
    return this.table(operation, { TableName: String(arn).split("/").pop() }, run);
  }

  private listTables({ ExclusiveStartTableName: after, Limit: limit = 100 }: Body): object {
    const names = this.database.tableNames().filter((name) => after === undefined || name > after);
    const page = names.slice(0, limit);
    return { TableNames: page, ...(names.length > limit && { LastEvaluatedTableName: page.at(-1) }) };
  }

  private async updateTimeToLive(name: string, body: Body): Promise<object> {
    const specification = body.TimeToLiveSpecification;
    if (typeof specification?.Enabled !== "boolean" || !specification.AttributeName) {
      throw new AwsError(400, "ValidationException", "TimeToLiveSpecification must have Enabled and AttributeName");
    }
    const { timeToLive: before, ...table } = this.database.table(name);
    if (specification.Enabled === (before !== undefined)) {
      const state = specification.Enabled ? "enabled" : "disabled";
      throw new AwsError(400, "ValidationException", `TimeToLive is already ${state}`);
    }
    const timeToLive = specification.Enabled ? { AttributeName: String(specification.AttributeName) } : undefined;
    await this.database.putTable({ ...table, ...(timeToLive && { timeToLive }) });
    return { TimeToLiveSpecification: specification };
  }
}

/** A table may be given by ARN wherever its name is. */
function withoutArns(body: Body): Body {
  const name = (text: unknown) => (typeof text === "string" ? text.replace(/^arn:[^/]*:table\//, "") : text);
  if (body.TableName !== undefined) return { ...body, TableName: name(body.TableName) };
  if (body.RequestItems) {
    const entries = Object.entries(body.RequestItems).map(([table, requests]) => [name(table), requests]);
    return { ...body, RequestItems: Object.fromEntries(entries) };
  }
  if (!Array.isArray(body.TransactItems)) return body;
  const items = body.TransactItems.map((item: Body) =>
    Object.fromEntries(
      Object.entries(item).map(([kind, request]) => [
        kind,
        request && { ...request, TableName: name(request.TableName) },
      ]),
    ),
  );
  return { ...body, TransactItems: items };
}
