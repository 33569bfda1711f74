import { MAX_GENERATED_ITEMS } from "#core/money/ad-hoc-limits";
import { adHocBudgetError } from "../../testRuns/form.ts";

/** The values of the form that generates seeds, as typed. */
export interface GenerateForm {
  readonly templateId: string;
  readonly name: string;
  readonly itemCount: string;
  readonly instructions: string;
  readonly model: string;
  readonly budget: string;
}

/** The errors by field; empty when the form can be submitted. */
export function checkGenerateForm({ templateId, name, itemCount, budget }: GenerateForm) {
  const errors: Partial<Record<keyof GenerateForm, string>> = {};
  const count = /^\d+$/.test(itemCount.trim()) ? Number(itemCount) : 0;
  if (templateId === "") errors.templateId = "Choose a template.";
  if (name.trim() === "") errors.name = "Enter a name of 1 to 100 characters.";
  if (count < 1 || count > MAX_GENERATED_ITEMS)
    errors.itemCount = `Enter a whole number from 1 to ${MAX_GENERATED_ITEMS}.`;
  const wrongBudget = adHocBudgetError(budget);
  if (wrongBudget) errors.budget = wrongBudget;
  return errors;
}
