/** What generateSeeds needs to know before it writes: what items must be, which model makes them, and that it can be paid. */
import { PlotPaletteError } from "../../core/errors.ts";
import { findModel, canUse, MODELS, TIERS } from "../../core/models/models.ts";
import { formatUsd } from "../../core/money/money.ts";
import type { SeedGeneration } from "../../core/seeds/seed-set-row.ts";
import { COLLECTION_NAME, MAX_SEED_FILES } from "../../core/seeds/seed-set.ts";
import { boundOf } from "../../core/template/bound.ts";
import type { GenerateSeedsInput } from "../generated/schema.ts";
import { account, tiersHere } from "./account.ts";
import { answering } from "./lambdaHandler.ts";
import { BATCH_ITEMS, batchTemplate } from "./batchTemplate.ts";
import { readSoundSource } from "./readTemplateSource.ts";
import { textsHeldBy } from "./templateRows.ts";
import { checkAdHocBudget } from "./adHocBudget.ts";

const MAX_ITEMS = 500;
const MAX_INSTRUCTIONS_CHARACTERS = 2_000;

export interface GenerationToCheck {
  owner: string;
  input: GenerateSeedsInput;
}

export interface CheckedGeneration {
  generation: SeedGeneration;
  /** The collections the template draws from. */
  collections: string[];
}

export const handler = answering(async ({ owner, input }: GenerationToCheck): Promise<CheckedGeneration> => {
  checkWishes(input);
  const modelId = modelOf(input.model ?? "economy");
  const { template, analysis } = await readSoundSource({
    source: input.source,
    owner,
    kept: await textsHeldBy(owner, input.templateId),
  });
  const schemas = JSON.parse(analysis.seedSchema) as Record<string, Record<string, unknown>>;
  const collections = Object.keys(schemas);
  checkCollections(template.name, collections);
  const bounds = Object.values(schemas).map((schema) => boundOf(batchTemplate(modelId, schema, BATCH_ITEMS)).costNanos);
  const bound = Math.max(...bounds);
  if (bound > input.budgetNanos)
    refuse(
      `The budget of ${formatUsd(input.budgetNanos)} is less than one call can cost that makes items, ${formatUsd(bound)}; raise it, or choose a cheaper model.`,
    );
  const { itemCount, instructions } = input;
  return {
    generation: { modelId, itemCount, instructions: instructions ?? "", schemas: analysis.seedSchema },
    collections,
  };
});

function checkWishes({ name, itemCount, instructions, budgetNanos }: GenerateSeedsInput): void {
  if (name.trim().length < 1 || name.length > 100)
    refuse(`The seed set's name must have 1 to 100 characters; this one has ${name.trim().length}.`);
  if (itemCount < 1 || itemCount > MAX_ITEMS)
    refuse(`A model makes 1 to ${MAX_ITEMS} items of each collection, not ${itemCount}.`);
  const characters = instructions?.length ?? 0;
  if (characters > MAX_INSTRUCTIONS_CHARACTERS)
    refuse(`The instructions may have ${MAX_INSTRUCTIONS_CHARACTERS} characters, these have ${characters}.`);
  checkAdHocBudget(budgetNanos);
}

function modelOf(name: string): string {
  const tier = TIERS.find((known) => known === name);
  const modelId = tier ? tiersHere()[tier] : name;
  const model = modelId === undefined ? undefined : findModel(modelId);
  if (model && canUse(account(), model)) return model.id;
  const usable = MODELS.filter((one) => canUse(account(), one)).map(({ id }) => id);
  return refuse(`No model "${name.slice(0, 60)}" can be used from here; choose among ${usable.join(", ")}.`);
}

function checkCollections(template: string, collections: readonly string[]): void {
  if (collections.length === 0)
    refuse(`The template "${template}" draws no seeds, so there is nothing to make for it.`);
  if (collections.length > MAX_SEED_FILES)
    refuse(
      `The template "${template}" draws from ${collections.length} collections; ${MAX_SEED_FILES} at most can be made.`,
    );
  const wrong = collections.find((name) => !COLLECTION_NAME.test(name));
  if (wrong !== undefined)
    refuse(`The collection "${wrong.slice(0, 60)}" needs a name of 1 to 40 letters, digits and _.`);
}

function refuse(message: string): never {
  throw new PlotPaletteError("BadInput", message);
}
