/** Writes the next version of a template, or the first of a new one: head and version together, never overwriting another. */
import { TransactionCanceledException } from "@aws-sdk/client-dynamodb";
import { TransactWriteCommand } from "@aws-sdk/lib-dynamodb";
import { setTimeout as wait } from "node:timers/promises";
import { ENVIRONMENT } from "../../core/environment.ts";
import { PlotPaletteError } from "../../core/errors.ts";
import { templateHeadKey, templateVersionKey } from "../../core/keys.ts";
import type { TemplateHeadRow, TemplateVersionRow } from "../../core/template/template-rows.ts";
import { documentClient, setting } from "./clients.ts";
import type { ReadSource } from "./readTemplateSource.ts";
import { ownHead, type TemplateRows } from "./templateRows.ts";

/** With this many concurrent saves, each succeeds well before the function times out. */
const MAX_ATTEMPTS = 30;
const MAX_BACKOFF_MS = 200;
/** DynamoDB's limit is 400 KB, but it counts numbers and names differently than JSON. */
const MAX_ROW_BYTES = 380_000;

export interface VersionToWrite {
  readonly owner: string;
  readonly source: string;
  readonly read: ReadSource;
}

/** Creates a template with its first version. @param origin what a fork inherits */
export async function writeNew(
  templateId: string,
  request: VersionToWrite,
  origin: Pick<TemplateHeadRow, "forkedFrom" | "sampleSeedSetId"> = {},
): Promise<TemplateRows> {
  const { owner } = request;
  const version = versionRow(templateId, 1, request);
  const head: TemplateHeadRow = {
    ...templateHeadKey(templateId),
    templateId,
    owner,
    listKey: templateId,
    ...metadataOf(request.read),
    stepCount: request.read.template.steps.length,
    latestVersion: 1,
    ...origin,
    updatedAt: version.createdAt,
  };
  const TableName = setting(ENVIRONMENT.templatesTable);
  const ConditionExpression = "attribute_not_exists(pk)";
  await documentClient().send(
    new TransactWriteCommand({
      TransactItems: [head, version].map((Item) => ({ Put: { TableName, Item, ConditionExpression } })),
    }),
  );
  return { head, version };
}

/**
 * Writes the version after the latest at that time.
 * @param basedOnVersion the version that was edited; `null` to write unconditionally
 * @throws PlotPaletteError Conflict when there is a newer one, NotFound when the template is gone
 */
export async function writeNext(
  head: TemplateHeadRow,
  request: VersionToWrite,
  basedOnVersion: number | null,
): Promise<TemplateRows> {
  let before = head;
  for (let attempt = 1; attempt <= MAX_ATTEMPTS; attempt++) {
    checkBase(before, basedOnVersion);
    const written = await attemptWrite(
      before,
      versionRow(before.templateId, before.latestVersion + 1, request),
      request,
    );
    if (written) return written;
    await wait(Math.random() * Math.min(MAX_BACKOFF_MS, 10 * attempt));
    before = await ownHead(request.owner, before.templateId);
  }
  throw new PlotPaletteError(
    "Conflict",
    "Too many versions of this template are being saved at the same time; try again.",
  );
}

function checkBase({ latestVersion }: TemplateHeadRow, basedOnVersion: number | null): void {
  if (basedOnVersion === null || latestVersion <= basedOnVersion) return;
  throw new PlotPaletteError(
    "Conflict",
    `The template has been saved as version ${latestVersion}, but this edit is based on version ${basedOnVersion}; review the changes, then save again.`,
  );
}

/** `undefined` when another save was faster. Writes only the attributes that a version changes: sharing is updated separately. */
async function attemptWrite(
  before: TemplateHeadRow,
  version: TemplateVersionRow,
  { owner, read }: VersionToWrite,
): Promise<TemplateRows | undefined> {
  const TableName = setting(ENVIRONMENT.templatesTable);
  const changes = {
    ...metadataOf(read),
    stepCount: read.template.steps.length,
    latestVersion: version.version,
    updatedAt: version.createdAt,
  };
  const update = {
    TableName,
    Key: templateHeadKey(before.templateId),
    ConditionExpression: "#owner = :me AND #latestVersion = :before",
    ...changeOf(changes),
  };
  update.ExpressionAttributeNames["#owner"] = "owner";
  update.ExpressionAttributeValues[":me"] = owner;
  update.ExpressionAttributeValues[":before"] = before.latestVersion;
  const put = { TableName, Item: version, ConditionExpression: "attribute_not_exists(pk)" };
  try {
    await documentClient().send(new TransactWriteCommand({ TransactItems: [{ Update: update }, { Put: put }] }));
  } catch (error) {
    if (lostRace(error)) return undefined;
    throw error;
  }
  return { head: { ...before, ...changes }, version };
}

function lostRace(error: unknown): boolean {
  const reasons = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
  return reasons.some(({ Code }) => Code === "ConditionalCheckFailed" || Code === "TransactionConflict");
}

function metadataOf({ template }: ReadSource) {
  const { name, description, category, tags } = template;
  return { name, description, category, tags: [...tags] };
}

function versionRow(templateId: string, version: number, { owner, source, read }: VersionToWrite): TemplateVersionRow {
  const row: TemplateVersionRow = {
    ...templateVersionKey(templateId, version),
    templateId,
    owner,
    version,
    ...metadataOf(read),
    source,
    partials: read.partials,
    analysis: read.analysis,
    createdAt: new Date().toISOString(),
  };
  const bytes = Buffer.byteLength(JSON.stringify(row));
  if (bytes <= MAX_ROW_BYTES) return row;
  throw new PlotPaletteError(
    "BadInput",
    `The template with everything it includes has ${Math.ceil(bytes / 1000)} KB, but a version may have at most ${MAX_ROW_BYTES / 1000} KB; split it into smaller ones.`,
  );
}

/** Sets the defined values, and removes the attributes of undefined ones. */
function changeOf(changes: Readonly<Record<string, unknown>>) {
  const names = Object.keys(changes);
  const set = names.filter((name) => changes[name] !== undefined);
  const removed = names.filter((name) => changes[name] === undefined);
  const removal = removed.length > 0 ? ` REMOVE ${removed.map((name) => `#${name}`).join(", ")}` : "";
  return {
    UpdateExpression: `SET ${set.map((name) => `#${name} = :${name}`).join(", ")}${removal}`,
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: Object.fromEntries(set.map((name) => [`:${name}`, changes[name]])),
  };
}
