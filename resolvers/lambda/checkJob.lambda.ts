/** What createJob needs to know before it writes: that everything fits, and how the job is cut. */
import { GetCommand } from "@aws-sdk/lib-dynamodb";
import { ENVIRONMENT } from "../../core/environment.ts";
import { PlotPaletteError } from "../../core/errors.ts";
import { checkWishes, planShards } from "../../core/job.ts";
import { formatUsd } from "../../core/money.ts";
import {
  SAMPLES,
  seedSetKey,
  templateHeadKey,
  templateVersionKey,
  type SeedSetRow,
  type TemplateHeadRow,
  type TemplateVersionRow,
} from "../../core/rows.ts";
import { checkFit } from "../../core/seed.ts";
import { parseTemplate, recordBoundNanos } from "../../core/template.ts";
import type { CreateJobInput } from "../generated/schema.ts";
import { answering } from "./answer.ts";
import { documentClient, setting } from "./clients.ts";

export interface JobToCheck {
  owner: string;
  input: CreateJobInput;
}

export interface CheckedJob {
  templateVersion: number;
  templateName: string;
  templateSource: string;
  seedSetName: string;
  seedSetOwner: string;
  recordBoundNanos: number;
  shards: { from: number; to: number }[];
}

export const handler = answering(async ({ owner, input }: JobToCheck): Promise<CheckedJob> => {
  checkWishes(input);
  const [version, seedSet] = await Promise.all([readTemplate(owner, input), readSeedSet(owner, input.seedSetId)]);
  return checkJob(input, version, seedSet);
});

/** @throws PlotPaletteError BadInput when seeds and template do not fit, or the budget does not pay for one record */
export function checkJob(
  input: Pick<CreateJobInput, "recordCount" | "budgetNanos">,
  version: Pick<TemplateVersionRow, "version" | "source">,
  seedSet: Pick<SeedSetRow, "name" | "owner" | "status" | "collections">,
): CheckedJob {
  if (seedSet.status !== "READY")
    throw new PlotPaletteError(
      "BadInput",
      `The seed set "${seedSet.name}" is ${seedSet.status}; wait until it is READY, or choose another.`,
    );
  const template = parseTemplate(version.source);
  checkFit(template, seedSet.collections);
  const bound = recordBoundNanos(template);
  if (bound > input.budgetNanos)
    throw new PlotPaletteError(
      "BadInput",
      `The budget of ${formatUsd(input.budgetNanos)} is less than one record can cost, ${formatUsd(bound)}; raise it, or lower maxTokens or maxPromptBytes in the template.`,
    );
  return {
    templateVersion: version.version,
    templateName: template.name,
    templateSource: version.source,
    seedSetName: seedSet.name,
    seedSetOwner: seedSet.owner,
    recordBoundNanos: bound,
    shards: planShards(input.recordCount),
  };
}

/** The template version that is to be pinned, if it is the owner's or a sample. */
async function readTemplate(owner: string, input: CreateJobInput): Promise<TemplateVersionRow> {
  const head = await read<TemplateHeadRow>(ENVIRONMENT.templatesTable, templateHeadKey(input.templateId));
  if (!head || !mayRead(owner, head)) throw new PlotPaletteError("NotFound", "There is no template with that id.");
  const wanted = input.templateVersion ?? head.latestVersion;
  const version = await read<TemplateVersionRow>(
    ENVIRONMENT.templatesTable,
    templateVersionKey(input.templateId, wanted),
  );
  if (version) return version;
  throw new PlotPaletteError(
    "NotFound",
    `The template "${head.name}" has no version ${wanted}; it has 1 to ${head.latestVersion}.`,
  );
}

async function readSeedSet(owner: string, seedSetId: string): Promise<SeedSetRow> {
  const row = await read<SeedSetRow>(ENVIRONMENT.seedSetsTable, seedSetKey(seedSetId));
  if (!row || !mayRead(owner, row)) throw new PlotPaletteError("NotFound", "There is no seed set with that id.");
  return row;
}

function mayRead(owner: string, row: { owner: string }): boolean {
  return row.owner === owner || row.owner === SAMPLES;
}

/** Ids are sent as they came; what cannot be a key of ours is nobody's. */
async function read<Row>(table: string, Key: { pk: string; sk: string }): Promise<Row | undefined> {
  if (Key.pk.length > 100) return undefined;
  const { Item } = await documentClient().send(
    new GetCommand({ TableName: setting(table), Key, ConsistentRead: true }),
  );
  return Item as Row | undefined;
}
