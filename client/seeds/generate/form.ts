import { adHocBudgetError } from "../../testRuns/form.ts";

/** What has been filled in to let a model make seeds, as typed. */
export interface GenerateForm {
  readonly templateId: string;
  readonly name: string;
  readonly itemCount: string;
  readonly instructions: string;
  readonly model: string;
  readonly budget: string;
}

const MAX_GENERATED_ITEMS = 500;

/** What is wrong with it, field by field; empty when it can be sent. */
export function checkGenerateForm({ templateId, name, itemCount, budget }: GenerateForm) {
  const faults: Partial<Record<keyof GenerateForm, string>> = {};
  const count = /^\d+$/.test(itemCount.trim()) ? Number(itemCount) : 0;
  if (templateId === "") faults.templateId = "Choose the template that is to use them.";
  if (name.trim() === "") faults.name = "Expected a name of 1 to 100 characters.";
  if (count < 1 || count > MAX_GENERATED_ITEMS)
    faults.itemCount = `Expected a number from 1 to ${MAX_GENERATED_ITEMS}.`;
  const wrongBudget = adHocBudgetError(budget);
  if (wrongBudget) faults.budget = wrongBudget;
  return faults;
}
