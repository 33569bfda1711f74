/** The local cloud's table, bucket and models, for the worker's real adapters and SDK clients. */
import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { DynamoDBDocumentClient, PutCommand } from "@aws-sdk/lib-dynamodb";
import { findModel } from "#core/models/models";
import { priceOf } from "#core/money/money";
import { bedrock } from "../../local/bedrock/bedrock.ts";
import type { SampleSettings } from "../../local/bedrock/options.ts";
import { dynamodb } from "../../local/dynamodb/dynamodb.ts";
import { s3 } from "../../local/s3/s3.ts";
import type { Access, Gate, Service } from "../../local/service.ts";
import { BedrockModel } from "../../worker/adapters/bedrock-model.ts";
import { CONNECTIONS } from "../../worker/adapters/connections.ts";
import { DynamoDbStore } from "../../worker/adapters/dynamodb-store.ts";
import { S3Objects } from "../../worker/adapters/s3-objects.ts";
import { LIMITS } from "../model-limits.ts";
import { openGate, testContext } from "../local/open-gate.ts";

const TABLE = "Jobs";
const BUCKET = "bucket";
const SIGNED = { region: "us-east-1", credentials: { accessKeyId: "AKIATEST", secretAccessKey: "secret" } };

export class LocalAws {
  private constructor(
    readonly folder: string,
    readonly services: readonly Service[],
    readonly store: DynamoDbStore,
    readonly objects: S3Objects,
    readonly model: BedrockModel,
    readonly documents: DynamoDBDocumentClient,
    /** As set in the worker's environment. */
    readonly endpoints: Readonly<Record<string, string>>,
    /** The accesses of each request: a transaction writes several rows. */
    readonly requests: readonly (readonly Access[])[],
  ) {}

  readonly tableName = TABLE;
  readonly bucketName = BUCKET;

  static async start(settings: Partial<SampleSettings> = {}): Promise<LocalAws> {
    const folder = await mkdtemp(join(tmpdir(), "worker-test-"));
    const [tables, buckets, models] = [dynamodb(), s3(), bedrock({ settings, limits: LIMITS })];
    const requests: (readonly Access[])[] = [];
    const gate: Gate = { ...openGate(), authorize: (_, ...accesses) => void requests.push(accesses) };
    const context = testContext(folder, { gate });
    const endpoints: Record<string, string> = {};
    const start = async (service: Service) => {
      const endpoint = await service.start(context);
      endpoints[`AWS_ENDPOINT_URL_${service.name.toUpperCase().replaceAll("-", "_")}`] = endpoint;
      return { ...SIGNED, endpoint };
    };
    const database = new DynamoDBClient(await start(tables));
    const files = new S3Client({ ...(await start(buckets)), forcePathStyle: true, requestHandler: CONNECTIONS });
    const model = new BedrockModel(await start(models));
    await tables.create(
      resource("AWS::DynamoDB::Table", { TableName: TABLE, BillingMode: "PAY_PER_REQUEST", ...KEYS }),
    );
    await buckets.create(resource("AWS::S3::Bucket", { BucketName: BUCKET }));
    const documents = DynamoDBDocumentClient.from(database, { marshallOptions: { removeUndefinedValues: true } });
    const services = [tables, buckets, models];
    const store = new DynamoDbStore(database, TABLE);
    return new LocalAws(folder, services, store, new S3Objects(files, BUCKET), model, documents, endpoints, requests);
  }

  async put(row: Readonly<Record<string, unknown>>): Promise<void> {
    await this.documents.send(new PutCommand({ TableName: TABLE, Item: row }));
  }

  /** The price of everything in the model's log. */
  async loggedNanos(): Promise<number> {
    const lines = (await readFile(join(this.folder, "model-calls.jsonl"), "utf8")).trim().split("\n");
    const calls = lines.map(
      (line) => JSON.parse(line) as { modelId: string; inputTokens: number; outputTokens: number; status: string },
    );
    return calls.reduce((sum, { modelId, inputTokens, outputTokens }) => {
      const model = findModel(modelId);
      return model ? sum + priceOf(model, inputTokens, outputTokens) : sum;
    }, 0);
  }

  async stop(): Promise<void> {
    this.store.destroy();
    this.objects.client.destroy();
    this.model.destroy();
    for (const service of this.services) await service.stop();
    await rm(this.folder, { recursive: true, force: true });
  }
}

const KEYS = {
  KeySchema: [
    { AttributeName: "pk", KeyType: "HASH" },
    { AttributeName: "sk", KeyType: "RANGE" },
  ],
  AttributeDefinitions: [
    { AttributeName: "pk", AttributeType: "S" },
    { AttributeName: "sk", AttributeType: "S" },
  ],
};

function resource(type: string, properties: Record<string, unknown>) {
  return { path: `Stack/${type}`, logicalId: "Resource", type, properties };
}
