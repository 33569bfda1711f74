/**
 * A CloudFormation custom resource that writes the templates and seed sets that ship with the product. It runs on
 * deployment, and again when the samples change.
 */
import { PutCommand, TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import type { CloudFormationCustomResourceEvent } from "aws-lambda";
import { ENVIRONMENT } from "../../core/environment.ts";
import { SAMPLES, seedSetKey, templateHeadKey, templateVersionKey } from "../../core/keys.ts";
import type { SeedSetRow } from "../../core/seeds/seed-set-row.ts";
import type { TemplateHeadRow, TemplateVersionRow } from "../../core/template/template-rows.ts";
import { SAMPLES_LIST, type Sample } from "../../samples/samples.ts";
import { logger } from "./lambdaHandler.ts";
import { documentClient, setting } from "./clients.ts";
import { readValidSource } from "./readTemplateSource.ts";
import { SeedStore } from "./storeSeeds.ts";
import { readHead, readVersion } from "./templateRows.ts";

export async function handler(event: CloudFormationCustomResourceEvent): Promise<void> {
  try {
    // The tables outlive the stack, and so do the samples: jobs may use them.
    if (event.RequestType !== "Delete") await loadSamples(SAMPLES_LIST);
    await respond(event, "SUCCESS");
  } catch (error) {
    logger.error("Failed to load the samples", error as Error);
    await respond(event, "FAILED", (error as Error).message);
  }
}

/** Idempotent: a template gets a new version only when its source has changed. */
export async function loadSamples(samples: readonly Sample[]): Promise<void> {
  // Several templates may share a seed set.
  const seedSets = new Map(samples.map(({ seedSet }) => [seedSet.id, seedSet]));
  for (const seedSet of seedSets.values()) await loadSeedSet(seedSet);
  for (const sample of samples) await loadTemplate(sample);
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
  const before = await readHead(id);
  const old = before && (await readVersion(id, before.latestVersion));
  if (before && old?.source === source && before.sampleSeedSetId === seedSet.id) return;
  const read = await readValidSource({ source, owner: SAMPLES, existing: old?.partials });
  const { name, description, category, tags, steps } = read.template;
  const metadata = { name, description, category, tags: [...tags] };
  const version = (before?.latestVersion ?? 0) + 1;
  const now = new Date().toISOString();
  const head: TemplateHeadRow = {
    ...templateHeadKey(id),
    templateId: id,
    owner: SAMPLES,
    listKey: name,
    ...metadata,
    stepCount: steps.length,
    latestVersion: version,
    sampleSeedSetId: seedSet.id,
    updatedAt: now,
  };
  const row: TemplateVersionRow = {
    ...templateVersionKey(id, version),
    templateId: id,
    owner: SAMPLES,
    version,
    ...metadata,
    source,
    partials: read.partials,
    analysis: read.analysis,
    createdAt: now,
  };
  const TableName = setting(ENVIRONMENT.templatesTable);
  await documentClient().send(
    new TransactWriteCommand({
      TransactItems: [{ Put: { TableName, Item: head } }, { Put: { TableName, Item: row } }],
    }),
  );
}

async function* bytesOf(text: string): AsyncGenerator<Uint8Array> {
  yield new TextEncoder().encode(text);
}

/** CloudFormation waits for this alone. */
async function respond(
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
  if (!response.ok) throw new Error(`CloudFormation's response URL returned ${response.status}.`);
}
