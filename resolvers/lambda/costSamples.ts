/** What a person's test runs of a template have cost, stored to estimate jobs of the same template. */
import { createHash } from "node:crypto";
import { GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { ENVIRONMENT } from "../../core/environment.ts";
import type { CostSample } from "../../core/money/estimate.ts";
import type { Tiers } from "../../core/models/models.ts";
import { costSampleKey } from "../../core/keys.ts";
import type { CostSampleRow } from "../../core/money/ad-hoc-rows.ts";
import type { Partials } from "../../core/template/template.ts";
import { documentClient, setting } from "./clients.ts";

/** Models' prices and behavior change; a sample expires when its template has had no test run for this long. */
const RETENTION_SECONDS = 90 * 24 * 3_600;

/** Everything that determines a template's prompts, models and prices; not its seeds and parameters. */
export interface CostSampleSource {
  readonly source: string;
  readonly partials: Partials;
  readonly tiers: Tiers;
}

/** What the owner's test runs have cost so far; `undefined` without any. */
export async function readCostSample(owner: string, sampled: CostSampleSource): Promise<CostSample | undefined> {
  const { Item } = await documentClient().send(
    new GetCommand({ TableName: setting(ENVIRONMENT.jobsTable), Key: keyOf(owner, sampled) }),
  );
  return Item as CostSampleRow | undefined;
}

/** Adds to the stored sums. A retry by the client counts a test run twice, which does not distort the range. */
export async function addToCostSample(owner: string, sampled: CostSampleSource, sample: CostSample): Promise<void> {
  const fields = Object.entries(sample);
  await documentClient().send(
    new UpdateCommand({
      TableName: setting(ENVIRONMENT.jobsTable),
      Key: keyOf(owner, sampled),
      UpdateExpression: `SET expiresAt = :expiresAt ADD ${fields.map(([name]) => `${name} :${name}`).join(", ")}`,
      ExpressionAttributeValues: {
        ":expiresAt": Math.floor(Date.now() / 1000) + RETENTION_SECONDS,
        ...Object.fromEntries(fields.map(([name, value]) => [`:${name}`, value])),
      },
    }),
  );
}

function keyOf(owner: string, { source, partials, tiers }: CostSampleSource) {
  const parts = [source, inOrder(partials), inOrder(tiers)];
  return costSampleKey(owner, createHash("sha256").update(JSON.stringify(parts)).digest("hex"));
}

/** DynamoDB returns fields in any order. */
function inOrder(map: object): [string, unknown][] {
  return Object.entries(map).sort(([one], [other]) => (one < other ? -1 : 1));
}
