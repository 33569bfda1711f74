/** The check of a seed set, from uploaded objects to blocks, index and row: the real function on a local table and bucket. */
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { GetObjectCommand, ListObjectsV2Command, PutObjectCommand, S3Client } from "@aws-sdk/client-s3";
import { DynamoDBDocumentClient, GetCommand, PutCommand } from "@aws-sdk/lib-dynamodb";
import { mkdirSync, mkdtempSync, readFileSync } from "node:fs";
import { rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { ENVIRONMENT } from "../../../core/environment.ts";
import { seedIndexObject, uploadObject } from "../../../core/bucket.ts";
import { seedSetKey } from "../../../core/keys.ts";
import { readPage } from "../../../core/seeds/browse.ts";
import { checkFiles, type SeedIndex } from "../../../core/seeds/seed-set.ts";
import { dynamodb } from "../../../local/dynamodb/dynamodb.ts";
import { listen, readBody, sendJson, type Listening } from "../../../local/http.ts";
import { s3 } from "../../../local/s3/s3.ts";
import { testContext } from "../../local/open-gate.ts";

const FIXTURES = new URL("files/fixtures/", import.meta.url);
const VEGA = new URL("../../../node_modules/vega-datasets/data/", import.meta.url);

const folder = mkdtempSync(join(tmpdir(), "check-seeds-"));
const tables = dynamodb();
const bucket = s3();
let api: Listening;
let rows: DynamoDBDocumentClient;
let objects: S3Client;
const reported: string[] = [];

beforeAll(async () => {
  const context = (name: string) => {
    mkdirSync(join(folder, name));
    return testContext(join(folder, name));
  };
  api = await listen(async (request, response) => {
    reported.push(JSON.parse((await readBody(request)).toString()).variables.input.id);
    sendJson(response, 200, { data: {} });
  });
  Object.assign(process.env, {
    AWS_REGION: "us-east-1",
    AWS_ACCESS_KEY_ID: "test",
    AWS_SECRET_ACCESS_KEY: "secret",
    AWS_ENDPOINT_URL_DYNAMODB: await tables.start(context("dynamodb")),
    AWS_ENDPOINT_URL_S3: await bucket.start(context("s3")),
    POWERTOOLS_LOG_LEVEL: "SILENT",
    [ENVIRONMENT.graphqlUrl]: api.url,
    [ENVIRONMENT.seedSetsTable]: "SeedSets",
    [ENVIRONMENT.bucket]: "objects",
  });
  const key = (name: string) => ({ AttributeName: name, AttributeType: "S" });
  await tables.create({
    path: "Test/SeedSets",
    logicalId: "SeedSets",
    type: "AWS::DynamoDB::Table",
    properties: {
      TableName: "SeedSets",
      BillingMode: "PAY_PER_REQUEST",
      KeySchema: [
        { AttributeName: "pk", KeyType: "HASH" },
        { AttributeName: "sk", KeyType: "RANGE" },
      ],
      AttributeDefinitions: [key("pk"), key("sk")],
    },
  });
  await bucket.create({
    path: "Test/Bucket",
    logicalId: "Bucket",
    type: "AWS::S3::Bucket",
    properties: { BucketName: "objects" },
  });
  rows = DynamoDBDocumentClient.from(new DynamoDBClient({}));
  objects = new S3Client({ forcePathStyle: true });
});

afterAll(async () => {
  rows.destroy();
  objects.destroy();
  await Promise.all([tables.stop(), bucket.stop(), api.close()]);
  await rm(folder, { recursive: true });
});

interface File {
  collection?: string;
  fileName: string;
  bytes: Uint8Array | string;
}

let sets = 0;

/** Uploads the files as a person does, and answers the row as the check leaves it. */
async function checked(files: File[], { skipInvalid = false, remainingMs = 60_000 } = {}) {
  const id = `set-${(sets += 1)}`;
  const uploads = checkFiles({ name: "x", files: files.map((file) => ({ ...file, bytes: file.bytes.length })) });
  for (const [n, { upload }] of uploads.entries())
    await objects.send(
      new PutObjectCommand({ Bucket: "objects", Key: uploadObject("ann", id, upload), Body: files[n]?.bytes }),
    );
  const row = {
    ...seedSetKey(id),
    seedSetId: id,
    owner: "ann",
    status: "CHECKING",
    uploads,
    skipInvalid,
    collections: [],
  };
  await rows.send(new PutCommand({ TableName: "SeedSets", Item: row }));
  const { handler } = await import("../../../resolvers/lambda/checkSeeds.lambda.ts");
  await handler({ seedSetId: id }, { getRemainingTimeInMillis: () => remainingMs });
  const { Item } = await rows.send(new GetCommand({ TableName: "SeedSets", Key: seedSetKey(id) }));
  return Item as Record<string, any>;
}

async function textOf(Key: string): Promise<string> {
  const { Body } = await objects.send(new GetObjectCommand({ Bucket: "objects", Key }));
  return (await Body?.transformToString()) ?? "";
}

async function keysOf(id: string): Promise<string[]> {
  const { Contents = [] } = await objects.send(new ListObjectsV2Command({ Bucket: "objects" }));
  return Contents.flatMap(({ Key }) => Key ?? []).filter((key) => key.includes(`/${id}/`));
}

/** All items of a collection, as they are browsed. */
async function itemsOf(id: string, collection: string): Promise<any[]> {
  const index: SeedIndex = JSON.parse(await textOf(seedIndexObject("ann", id)));
  const readBlock = (name: string, block: number) => textOf(`seeds/ann/${id}/${name}/${block}.jsonl`);
  const items: any[] = [];
  for (let from: number | undefined = 0; from !== undefined;) {
    const page: Awaited<ReturnType<typeof readPage>> = await readPage(index, readBlock, {
      collection,
      from,
      limit: 100,
    });
    items.push(...page.items.map(({ source }) => JSON.parse(source)));
    from = page.next;
  }
  return items;
}

test("files of all formats become one set; those of one collection follow each other", async () => {
  const movies = JSON.parse(readFileSync(new URL("movies.json", VEGA), "utf8"));
  const row = await checked([
    { collection: "films", fileName: "a.csv", bytes: "n,name\n1,Alien\n2,Brazil\n" },
    { collection: "orders", fileName: "orders.parquet", bytes: readFileSync(new URL("orders.parquet", FIXTURES)) },
    { collection: "films", fileName: "b.jsonl.gz", bytes: gzipSync('{"n":3,"name":"Clue"}\n') },
    { collection: "movies", fileName: "movies.json", bytes: readFileSync(new URL("movies.json", VEGA)) },
    { collection: "films", fileName: "c.tsv", bytes: "name\tn\nDune\t4\n" },
  ]);
  expect(row).toMatchObject({ status: "READY" });
  expect(row.collections.map(({ name, fileName, itemCount }: any) => [name, fileName, itemCount])).toEqual([
    ["films", "a.csv, b.jsonl.gz, c.tsv", 4],
    ["orders", "orders.parquet", 2500],
    ["movies", "movies.json", 3201],
  ]);
  expect(await itemsOf(row.seedSetId, "films")).toEqual([
    { n: 1, name: "Alien" },
    { n: 2, name: "Brazil" },
    { n: 3, name: "Clue" },
    { n: 4, name: "Dune" },
  ]);
  expect(await itemsOf(row.seedSetId, "movies")).toEqual(movies);
  const orders = await itemsOf(row.seedSetId, "orders");
  expect(orders[2499]).toMatchObject({ id: 2499, address: { street: "Street 2499" } });
  const fields = row.collections[1].fields.map(({ name }: any) => name);
  for (const name of ["tags[]", "address.geo.lat", "parts[].days[]"]) expect(fields).toContain(name);
  // What was uploaded is gone, what is stored remains.
  expect((await keysOf(row.seedSetId)).every((key) => key.startsWith("seeds/"))).toBe(true);
  expect(reported).toContain(row.seedSetId);
});

test("the index has the sums that weighted draws need", async () => {
  const row = await checked([{ fileName: "a.csv", bytes: "name,stars\na,1\nb,4\n" }]);
  expect(JSON.parse(await textOf(seedIndexObject("ann", row.seedSetId)))).toEqual({
    collections: {
      seeds: { itemCount: 2, blocks: [{ firstItem: 0, itemCount: 2, bytes: expect.any(Number), sums: { stars: 5 } }] },
    },
  });
});

test("a faulty row refuses the set and leaves nothing behind", async () => {
  const row = await checked([{ fileName: "a.csv", bytes: "a,b\n1,2\n3,4,5\n" }]);
  expect(row).toMatchObject({
    status: "REFUSED",
    statusReason: expect.stringMatching(/^Line 3 of "a\.csv" has 3 values/),
  });
  expect(row).not.toHaveProperty("skippedRows");
  expect(await keysOf(row.seedSetId)).toEqual([]);
});

test("faulty rows are passed over when that was asked for, and told", async () => {
  const row = await checked([{ fileName: "a.csv", bytes: "a,b\n1,2\n3,4,5\n4,5\n" }], { skipInvalid: true });
  expect(row).toMatchObject({
    status: "READY",
    skippedCount: 1,
    skippedRows: [{ fileName: "a.csv", row: 3, reason: expect.stringContaining("has 3 values") }],
  });
  expect(await itemsOf(row.seedSetId, "seeds")).toEqual([
    { a: 1, b: 2 },
    { a: 4, b: 5 },
  ]);
});

test("what was unusual about the files is told, and nothing when nothing was", async () => {
  const row = await checked([
    { collection: "a", fileName: "a.csv", bytes: ",x\n0,y\n" },
    { collection: "b", fileName: "b.json", bytes: '{"version":1,"data":[{"v":NaN}]}' },
  ]);
  expect(row).toMatchObject({
    status: "READY",
    notes: [
      'Column 1 of "a.csv" has no name in the header; it is called "column_1".',
      'In item 1 of "b.json", NaN or Infinity became null, since JSON has neither.',
    ],
  });
  expect(await itemsOf(row.seedSetId, "b")).toEqual([{ v: null }]);
  expect(await checked([{ fileName: "a.csv", bytes: "a\n1\n" }])).not.toHaveProperty("notes");
});

test.each([
  ["a.csv", "a\n1\n"],
  ["a.parquet", readFileSync(new URL("codec-zstd.parquet", FIXTURES))],
])("a check that runs out of time while it reads %s says so", async (fileName, bytes) => {
  expect(await checked([{ fileName, bytes }], { remainingMs: 10_000 })).toMatchObject({
    status: "REFUSED",
    statusReason: "The files took too long to read; split them across several seed sets.",
  });
});

test.each(["a.csv", "a.csv.gz", "a.parquet"])("%s that was never uploaded is asked for", async (fileName) => {
  const id = "never";
  const uploads = [{ collection: "seeds", fileName }];
  const row = { ...seedSetKey(id), seedSetId: id, owner: "ann", status: "CHECKING", uploads, collections: [] };
  await rows.send(new PutCommand({ TableName: "SeedSets", Item: row }));
  const { handler } = await import("../../../resolvers/lambda/checkSeeds.lambda.ts");
  await handler({ seedSetId: id }, { getRemainingTimeInMillis: () => 60_000 });
  const { Item } = await rows.send(new GetCommand({ TableName: "SeedSets", Key: seedSetKey(id) }));
  expect(Item?.statusReason).toBe(`The file "${fileName}" was not uploaded; upload it, then confirm again.`);
});
