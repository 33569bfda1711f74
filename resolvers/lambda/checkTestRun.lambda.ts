/** What startTestRun needs to know before it writes: that template and seeds fit, and the budget pays for a record. */
import { PlotPaletteError } from "../../core/errors.ts";
import type { Tiers } from "../../core/models/models.ts";
import { MAX_TEST_RUN_RECORDS } from "../../core/money/ad-hoc-limits.ts";
import { formatUsd } from "../../core/money/money.ts";
import { checkPicks } from "../../core/seeds/pick.ts";
import { checkFit } from "../../core/seeds/fit.ts";
import { boundOf } from "../../core/template/bound.ts";
import type { Partials } from "../../core/template/template.ts";
import type { StartTestRunInput } from "../generated/schema.ts";
import { tiersHere } from "./account.ts";
import { answering } from "./lambdaHandler.ts";
import { chosenParameters } from "./parameters.ts";
import { readSoundSource } from "./readTemplateSource.ts";
import { textsHeldBy } from "./templateRows.ts";
import { checkModels } from "./usableModels.ts";
import { openSeeds, seedSetToUse } from "./seedSetToUse.ts";
import { checkAdHocBudget } from "./adHocBudget.ts";

/** They stand in a row beside the source. */
const MAX_PARAMETERS_CHARACTERS = 20_000;

export interface TestRunToCheck {
  owner: string;
  input: StartTestRunInput;
}

export interface CheckedTestRun {
  partials: Partials;
  tiers: Tiers;
  parameters: Record<string, unknown>;
  seedSetOwner: string;
}

export const handler = answering(async ({ owner, input }: TestRunToCheck): Promise<CheckedTestRun> => {
  checkWishes(input);
  const { template, partials } = await readSoundSource({
    source: input.source,
    owner,
    kept: await textsHeldBy(owner, input.templateId),
  });
  const parameters = chosenParameters(template, input.parameters);
  if (template.steps.length === 0)
    refuse(`The template "${template.name}" has no steps: a library can be included, and there is nothing to try.`);
  checkModels(template);
  const seedSet = await seedSetToUse(owner, input.seedSetId);
  checkFit(template, partials, seedSet.collections);
  checkPicks(template, (await openSeeds(seedSet)).index.collections);
  const bound = boundOf(template).costNanos;
  if (bound > input.budgetNanos)
    refuse(
      `The budget of ${formatUsd(input.budgetNanos)} is less than one record can cost, ${formatUsd(bound)}; raise it, or lower maxTokens or maxPromptBytes in the template.`,
    );
  return { partials, tiers: tiersHere(), parameters, seedSetOwner: seedSet.owner };
});

function checkWishes({ recordCount, budgetNanos, parameters }: StartTestRunInput): void {
  if (recordCount < 1 || recordCount > MAX_TEST_RUN_RECORDS)
    refuse(`A try makes 1 to ${MAX_TEST_RUN_RECORDS} records, not ${recordCount}; start a job for more.`);
  checkAdHocBudget(budgetNanos);
  const characters = JSON.stringify(parameters ?? {}).length;
  if (characters > MAX_PARAMETERS_CHARACTERS)
    refuse(`The parameters may have ${MAX_PARAMETERS_CHARACTERS} characters as JSON, not ${characters}; shorten them.`);
}

function refuse(message: string): never {
  throw new PlotPaletteError("BadInput", message);
}
