/**
 * A CloudFormation custom resource that writes the templates and seed sets that ship with the product. It runs at
 * deployment, and again when the samples change.
 */
import { GetCommand, PutCommand, TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import type { CloudFormationCustomResourceEvent } from "aws-lambda";
import { ENVIRONMENT } from "../../core/environment.ts";
import {
  SAMPLES,
  seedSetKey,
  templateHeadKey,
  templateVersionKey,
  type SeedSetRow,
  type TemplateHeadRow,
  type TemplateVersionRow,
} from "../../core/rows.ts";
import { SAMPLES_LIST, type Sample } from "../../samples/samples.ts";
import { logger } from "./answer.ts";
import { checkTemplate } from "./checkTemplate.lambda.ts";
import { documentClient, setting } from "./clients.ts";
import { SeedStore } from "./storeSeeds.ts";

export async function handler(event: CloudFormationCustomResourceEvent): Promise<void> {
  try {
    // The tables outlive the stack, and so do the samples: jobs may use them.
    if (event.RequestType !== "Delete") await loadSamples(SAMPLES_LIST);
    await answer(event, "SUCCESS");
  } catch (error) {
    logger.error("The samples could not be loaded", error as Error);
    await answer(event, "FAILED", (error as Error).message);
  }
}

/** Twice equals once: a template gets a new version only when its source is new. */
export async function loadSamples(samples: readonly Sample[]): Promise<void> {
  for (const sample of samples) {
    await loadSeedSet(sample.seedSet);
    await loadTemplate(sample);
  }
}

async function loadSeedSet({ id, name, files }: Sample["seedSet"]): Promise<void> {
  const toStore = files.map(({ text, ...file }) => ({ ...file, open: () => bytesOf(text) }));
  const row: SeedSetRow = {
    ...seedSetKey(id),
    seedSetId: id,
    owner: SAMPLES,
    listKey: name,
    name,
    status: "READY",
    collections: await new SeedStore(SAMPLES, id).store(toStore),
    uploads: files.map(({ collection, fileName }) => ({ collection, fileName })),
    createdAt: new Date().toISOString(),
  };
  await documentClient().send(new PutCommand({ TableName: setting(ENVIRONMENT.seedSetsTable), Item: row }));
}

async function loadTemplate({ template: { id, source }, seedSet }: Sample): Promise<void> {
  const TableName = setting(ENVIRONMENT.templatesTable);
  const before = await readLatest(id);
  if (before?.version.source === source && before.head.sampleSeedSetId === seedSet.id) return;
  const { titles, facts } = checkTemplate(source);
  const version = (before?.head.latestVersion ?? 0) + 1;
  const now = new Date().toISOString();
  const head: TemplateHeadRow = {
    ...templateHeadKey(id),
    templateId: id,
    owner: SAMPLES,
    listKey: titles.name,
    ...titles,
    latestVersion: version,
    sampleSeedSetId: seedSet.id,
    updatedAt: now,
  };
  const row: TemplateVersionRow = {
    ...templateVersionKey(id, version),
    templateId: id,
    owner: SAMPLES,
    version,
    ...titles,
    source,
    ...facts,
    createdAt: now,
  };
  await documentClient().send(
    new TransactWriteCommand({
      TransactItems: [{ Put: { TableName, Item: head } }, { Put: { TableName, Item: row } }],
    }),
  );
}

async function readLatest(
  templateId: string,
): Promise<{ head: TemplateHeadRow; version: TemplateVersionRow } | undefined> {
  const TableName = setting(ENVIRONMENT.templatesTable);
  const head = (await documentClient().send(new GetCommand({ TableName, Key: templateHeadKey(templateId) }))).Item as
    TemplateHeadRow | undefined;
  if (!head) return undefined;
  const version = await documentClient().send(
    new GetCommand({ TableName, Key: templateVersionKey(templateId, head.latestVersion) }),
  );
  return version.Item ? { head, version: version.Item as TemplateVersionRow } : undefined;
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}

/** CloudFormation waits for this, and for nothing else. */
async function answer(
  event: CloudFormationCustomResourceEvent,
  Status: "SUCCESS" | "FAILED",
  Reason = "",
): Promise<void> {
  const body = JSON.stringify({
    Status,
    Reason,
    PhysicalResourceId: "samples",
    StackId: event.StackId,
    RequestId: event.RequestId,
    LogicalResourceId: event.LogicalResourceId,
  });
  const response = await fetch(event.ResponseURL, { method: "PUT", headers: { "content-type": "" }, body });
  if (!response.ok) throw new Error(`CloudFormation's answer address said ${response.status}.`);
}
