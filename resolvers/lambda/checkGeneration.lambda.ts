/** What generateSeeds checks before it writes: the schema of the items, the model, and that the budget covers a call. */
import { findModel, canUse, MODELS, TIERS } from "../../core/models/models.ts";
import { MAX_GENERATED_ITEMS } from "../../core/money/ad-hoc-limits.ts";
import { tooSmallBudget } from "../../core/money/estimate.ts";
import type { SeedGeneration } from "../../core/seeds/seed-set-row.ts";
import { seedSetNameProblem } from "../../core/seeds/seed-set-name.ts";
import { COLLECTION_NAME, MAX_SEED_FILES } from "../../core/seeds/seed-set.ts";
import { boundOf } from "../../core/template/bound.ts";
import type { GenerateSeedsInput } from "../generated/schema.ts";
import { account, availableTiers } from "./account.ts";
import { throwBadInput } from "./errors.ts";
import { lambdaHandler } from "./lambdaHandler.ts";
import { BATCH_ITEMS, batchTemplate } from "./batchTemplate.ts";
import { readValidSource } from "./readTemplateSource.ts";
import { includedTextsOf } from "./templateRows.ts";
import { checkAdHocBudget } from "./adHocBudget.ts";

const MAX_INSTRUCTIONS_CHARACTERS = 2_000;

export interface GenerationToCheck {
  owner: string;
  input: GenerateSeedsInput;
}

export interface CheckedGeneration {
  generation: SeedGeneration;
  /** The collections that the template draws from. */
  collections: string[];
}

export const handler = lambdaHandler(async ({ owner, input }: GenerationToCheck): Promise<CheckedGeneration> => {
  checkInput(input);
  const modelId = modelOf(input.model ?? "economy");
  const { template, analysis } = await readValidSource({
    source: input.source,
    owner,
    existing: await includedTextsOf(owner, input.templateId),
  });
  const schemas = JSON.parse(analysis.seedSchema) as Record<string, Record<string, unknown>>;
  const collections = Object.keys(schemas);
  checkCollections(template.name, collections);
  const bounds = Object.values(schemas).map((schema) => boundOf(batchTemplate(modelId, schema, BATCH_ITEMS)).costNanos);
  const bound = Math.max(...bounds);
  if (bound > input.budgetNanos)
    throwBadInput(`${tooSmallBudget(input.budgetNanos, bound, "one call")}; raise it or choose a cheaper model.`);
  const { itemCount, instructions } = input;
  return {
    generation: { modelId, itemCount, instructions: instructions ?? "", schemas: analysis.seedSchema },
    collections,
  };
});

function checkInput({ name, itemCount, instructions, budgetNanos }: GenerateSeedsInput): void {
  const nameProblem = seedSetNameProblem(name);
  if (nameProblem !== undefined) throwBadInput(nameProblem);
  if (itemCount < 1 || itemCount > MAX_GENERATED_ITEMS)
    throwBadInput(`A model can generate 1 to ${MAX_GENERATED_ITEMS} items per collection, not ${itemCount}.`);
  const characters = instructions?.length ?? 0;
  if (characters > MAX_INSTRUCTIONS_CHARACTERS)
    throwBadInput(
      `The instructions may have at most ${MAX_INSTRUCTIONS_CHARACTERS} characters, but they have ${characters}; shorten them.`,
    );
  checkAdHocBudget(budgetNanos);
}

function modelOf(name: string): string {
  const tier = TIERS.find((known) => known === name);
  const modelId = tier ? availableTiers()[tier] : name;
  const model = modelId === undefined ? undefined : findModel(modelId);
  if (model && canUse(account(), model)) return model.id;
  const usable = MODELS.filter((one) => canUse(account(), one)).map(({ id }) => id);
  return throwBadInput(`The model "${name.slice(0, 60)}" is not available here; choose one of ${usable.join(", ")}.`);
}

function checkCollections(template: string, collections: readonly string[]): void {
  if (collections.length === 0)
    throwBadInput(`The template "${template}" uses no seeds, so there is nothing to generate for it.`);
  if (collections.length > MAX_SEED_FILES)
    throwBadInput(
      `The template "${template}" uses ${collections.length} collections, but at most ${MAX_SEED_FILES} can be generated.`,
    );
  const wrong = collections.find((name) => !COLLECTION_NAME.test(name));
  if (wrong !== undefined)
    throwBadInput(`The collection "${wrong.slice(0, 60)}" needs a name of 1 to 40 letters, digits or underscores.`);
}
