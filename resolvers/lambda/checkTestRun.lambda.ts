/** What startTestRun checks before it writes: that template and seeds fit, and the budget covers a record. */
import type { Tiers } from "../../core/models/models.ts";
import { MAX_TEST_RUN_RECORDS } from "../../core/money/ad-hoc-limits.ts";
import { tooSmallBudget } from "../../core/money/estimate.ts";
import { checkPicks } from "../../core/seeds/pick.ts";
import { checkFit } from "../../core/seeds/fit.ts";
import { boundOf } from "../../core/template/bound.ts";
import type { Partials } from "../../core/template/template.ts";
import type { StartTestRunInput } from "../generated/schema.ts";
import { availableTiers } from "./account.ts";
import { throwBadInput } from "./errors.ts";
import { lambdaHandler } from "./lambdaHandler.ts";
import { chosenParameters } from "./parameters.ts";
import { readValidSource } from "./readTemplateSource.ts";
import { includedTextsOf } from "./templateRows.ts";
import { checkModels } from "./usableModels.ts";
import { openSeeds, seedSetToUse } from "./seedSetToUse.ts";
import { checkAdHocBudget } from "./adHocBudget.ts";

/** They are stored in one row with the source. */
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

export const handler = lambdaHandler(async ({ owner, input }: TestRunToCheck): Promise<CheckedTestRun> => {
  checkInput(input);
  const { template, partials } = await readValidSource({
    source: input.source,
    owner,
    existing: await includedTextsOf(owner, input.templateId),
  });
  const parameters = chosenParameters(template, input.parameters);
  if (template.steps.length === 0)
    throwBadInput(
      `The template "${template.name}" is a library without steps, so there is nothing to run; include it in a template with steps.`,
    );
  checkModels(template);
  const seedSet = await seedSetToUse(owner, input.seedSetId);
  checkFit(template, partials, seedSet.collections);
  checkPicks(template, (await openSeeds(seedSet)).index.collections);
  const bound = boundOf(template).costNanos;
  if (bound > input.budgetNanos)
    throwBadInput(
      `${tooSmallBudget(input.budgetNanos, bound)}; raise it, or lower maxTokens or maxPromptBytes in the template.`,
    );
  return { partials, tiers: availableTiers(), parameters, seedSetOwner: seedSet.owner };
});

function checkInput({ recordCount, budgetNanos, parameters }: StartTestRunInput): void {
  if (recordCount < 1 || recordCount > MAX_TEST_RUN_RECORDS)
    throwBadInput(
      `A test run generates 1 to ${MAX_TEST_RUN_RECORDS} records, not ${recordCount}; start a job for more.`,
    );
  checkAdHocBudget(budgetNanos);
  const characters = JSON.stringify(parameters ?? {}).length;
  if (characters > MAX_PARAMETERS_CHARACTERS)
    throwBadInput(
      `The parameters may have at most ${MAX_PARAMETERS_CHARACTERS} characters as JSON, but they have ${characters}; shorten them.`,
    );
}
