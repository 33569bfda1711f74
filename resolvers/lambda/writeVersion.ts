/** Writes the next version of a template, or the first of a new one: head and version together, never over another. */
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

/** Of so many who save at once each gets a turn well before the function's time is over. */
const MAX_TRIES = 30;
const LONGEST_PAUSE_MS = 200;
/** DynamoDB's row ends at 400 KB; numbers and names count differently there than in JSON. */
const MAX_ROW_BYTES = 380_000;

export interface VersionToWrite {
  readonly owner: string;
  readonly source: string;
  readonly read: ReadSource;
}

/** A template of one version. `lineage` is what a fork has from where it comes. */
export async function writeNew(
  templateId: string,
  wish: VersionToWrite,
  lineage: Pick<TemplateHeadRow, "forkedFrom" | "sampleSeedSetId"> = {},
): Promise<TemplateRows> {
  const { owner } = wish;
  const version = versionRow(templateId, 1, wish);
  const head: TemplateHeadRow = {
    ...templateHeadKey(templateId),
    templateId,
    owner,
    listKey: templateId,
    ...titlesOf(wish.read),
    stepCount: wish.read.template.steps.length,
    latestVersion: 1,
    ...lineage,
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
 * The version after the latest, whichever that is by then.
 * @param basedOnVersion the version that was edited; `null` to write in any case
 * @throws PlotPaletteError Conflict when there is a newer one, NotFound when the template is gone
 */
export async function writeNext(
  head: TemplateHeadRow,
  wish: VersionToWrite,
  basedOnVersion: number | null,
): Promise<TemplateRows> {
  let before = head;
  for (let tries = 1; tries <= MAX_TRIES; tries++) {
    checkBase(before, basedOnVersion);
    const written = await tryToWrite(before, versionRow(before.templateId, before.latestVersion + 1, wish), wish);
    if (written) return written;
    await wait(Math.random() * Math.min(LONGEST_PAUSE_MS, 10 * tries));
    before = await ownHead(wish.owner, before.templateId);
  }
  throw new PlotPaletteError("Conflict", "Many versions of this template are being saved at this moment; try again.");
}

function checkBase({ latestVersion }: TemplateHeadRow, basedOnVersion: number | null): void {
  if (basedOnVersion === null || latestVersion <= basedOnVersion) return;
  throw new PlotPaletteError(
    "Conflict",
    `The template has version ${latestVersion} by now, and this was made from version ${basedOnVersion}; look at what changed, then save again.`,
  );
}

/** `undefined` when another was faster. Only what a version changes of the head is written: sharing goes its own way. */
async function tryToWrite(
  before: TemplateHeadRow,
  version: TemplateVersionRow,
  { owner, read }: VersionToWrite,
): Promise<TemplateRows | undefined> {
  const TableName = setting(ENVIRONMENT.templatesTable);
  const changes = {
    ...titlesOf(read),
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
    if (wasOvertaken(error)) return undefined;
    throw error;
  }
  return { head: { ...before, ...changes }, version };
}

function wasOvertaken(error: unknown): boolean {
  const reasons = error instanceof TransactionCanceledException ? (error.CancellationReasons ?? []) : [];
  return reasons.some(({ Code }) => Code === "ConditionalCheckFailed" || Code === "TransactionConflict");
}

function titlesOf({ template }: ReadSource) {
  const { name, description, category, tags } = template;
  return { name, description, category, tags: [...tags] };
}

function versionRow(templateId: string, version: number, { owner, source, read }: VersionToWrite): TemplateVersionRow {
  const row: TemplateVersionRow = {
    ...templateVersionKey(templateId, version),
    templateId,
    owner,
    version,
    ...titlesOf(read),
    source,
    partials: read.partials,
    analysis: read.analysis,
    createdAt: new Date().toISOString(),
  };
  const bytes = Buffer.byteLength(JSON.stringify(row));
  if (bytes <= MAX_ROW_BYTES) return row;
  throw new PlotPaletteError(
    "BadInput",
    `The template with all it includes comes to ${Math.ceil(bytes / 1000)} KB; a version may have ${MAX_ROW_BYTES / 1000} KB at most, so split it into smaller ones.`,
  );
}

/** What is not said any more is removed. */
function changeOf(changes: Readonly<Record<string, unknown>>) {
  const names = Object.keys(changes);
  const told = names.filter((name) => changes[name] !== undefined);
  const gone = names.filter((name) => changes[name] === undefined);
  const removal = gone.length > 0 ? ` REMOVE ${gone.map((name) => `#${name}`).join(", ")}` : "";
  return {
    UpdateExpression: `SET ${told.map((name) => `#${name} = :${name}`).join(", ")}${removal}`,
    ExpressionAttributeNames: Object.fromEntries(names.map((name) => [`#${name}`, name])),
    ExpressionAttributeValues: Object.fromEntries(told.map((name) => [`:${name}`, changes[name]])),
  };
}
