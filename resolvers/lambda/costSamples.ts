/** What a person's tries of a template have cost, kept so that jobs of the same template can be estimated by it. */
import { createHash } from "node:crypto";
import { GetCommand, UpdateCommand } from "@aws-sdk/lib-dynamodb";
import { ENVIRONMENT } from "../../core/environment.ts";
import type { CostSample } from "../../core/money/estimate.ts";
import type { Tiers } from "../../core/models/models.ts";
import { costSampleKey } from "../../core/keys.ts";
import type { CostSampleRow } from "../../core/money/ad-hoc-rows.ts";
import type { Partials } from "../../core/template/template.ts";
import { documentClient, setting } from "./clients.ts";

/** Prices and habits of models change; a sample is forgotten when nobody has tried the template for as long. */
const KEPT_SECONDS = 90 * 24 * 3_600;

/** All that prompts, models and prices of a template come from; seeds and parameters are not part of it. */
export interface CostSampleSource {
  readonly source: string;
  readonly partials: Partials;
  readonly tiers: Tiers;
}

/** What the owner's tries have cost so far; `undefined` without any. */
export async function readCostSample(owner: string, sampled: CostSampleSource): Promise<CostSample | undefined> {
  const { Item } = await documentClient().send(
    new GetCommand({ TableName: setting(ENVIRONMENT.jobsTable), Key: keyOf(owner, sampled) }),
  );
  return Item as CostSampleRow | undefined;
}

/** Added, so that each try makes the sample larger. A client that repeats it counts a try twice, which harms no range. */
export async function addToCostSample(owner: string, sampled: CostSampleSource, sample: CostSample): Promise<void> {
  const fields = Object.entries(sample);
  await documentClient().send(
    new UpdateCommand({
      TableName: setting(ENVIRONMENT.jobsTable),
      Key: keyOf(owner, sampled),
      UpdateExpression: `SET expiresAt = :expiresAt ADD ${fields.map(([name]) => `${name} :${name}`).join(", ")}`,
      ExpressionAttributeValues: {
        ":expiresAt": Math.floor(Date.now() / 1000) + KEPT_SECONDS,
        ...Object.fromEntries(fields.map(([name, value]) => [`:${name}`, value])),
      },
    }),
  );
}

function keyOf(owner: string, { source, partials, tiers }: CostSampleSource) {
  const parts = [source, inOrder(partials), inOrder(tiers)];
  return costSampleKey(owner, createHash("sha256").update(JSON.stringify(parts)).digest("hex"));
}

/** DynamoDB gives back fields in any order. */
function inOrder(map: object): [string, unknown][] {
  return Object.entries(map).sort(([one], [other]) => (one < other ? -1 : 1));
}
