import { DEFAULT_MAX_FAILED_PERCENT } from "#core/job/failure-tolerance";
import { FORMATS } from "#core/formats";
import { MAX_BUDGET_NANOS, MAX_RECORDS } from "#core/job/job";
import { parseUsd } from "#core/money/money";
import { parsePartitionBy } from "#core/dataset/partition";
import { parseSplit } from "#core/dataset/split";
import { TRAINING_FORMATS } from "#core/dataset/training";
import type {
  CreateJobInput,
  DatasetFormat,
  EstimateJobInput,
  JobCapacity,
  JobPriority,
  TaskSize,
} from "../../generated/documents.ts";
import { showUsd } from "../../money.ts";
import { checkParameters, parametersInput, type Parameter, type ParameterTexts } from "../../templates/parameters.ts";
import { showCount } from "../../ui/format.ts";

/** What has been filled in so far, as typed. */
export interface JobForm {
  readonly name: string;
  readonly templateId: string | null;
  readonly templateVersion: number | null;
  readonly seedSetId: string | null;
  /** What the template may be given, and what was typed of it. */
  readonly parameters: readonly Parameter[];
  readonly parameterTexts: ParameterTexts;
  readonly recordCount: string;
  readonly budgetUsd: string;
  readonly formats: readonly DatasetFormat[];
  /** Empty for none. */
  readonly split: string;
  /** In percent of the records. */
  readonly maxFailed: string;
  readonly priority: JobPriority;
  readonly capacity: JobCapacity;
  readonly taskSize: TaskSize;
  /** The folders as typed, empty for none. */
  readonly partitionBy: string;
}

export const FIRST_MAX_FAILED = String(DEFAULT_MAX_FAILED_PERCENT);

/** The formats that datasets of a template can have: those for fine-tuning only where it maps them. */
export function formatsOf(trainingFormats: readonly DatasetFormat[]): DatasetFormat[] {
  return FORMATS.filter((format) => !TRAINING_FORMATS.includes(format) || trainingFormats.includes(format));
}

export type FieldName =
  | "name"
  | "templateId"
  | "seedSetId"
  | "parameters"
  | "recordCount"
  | "budgetUsd"
  | "formats"
  | "split"
  | "partitionBy"
  | "maxFailed";
export type FormErrors = Partial<Record<FieldName, string>>;

/** What is wrong with the form, field by field; empty when it can be sent. */
export function checkForm(form: JobForm): FormErrors {
  const errors: FormErrors = {};
  const budget = parseUsd(form.budgetUsd);
  if (form.templateId === null) errors.templateId = "Choose a template.";
  if (form.seedSetId === null) errors.seedSetId = "Choose a seed set, or upload one.";
  if (Object.keys(checkParameters(form.parameters, form.parameterTexts)).length > 0) {
    errors.parameters = "One of the parameters is not what it should be.";
  }
  if (form.name.trim() === "" || form.name.length > 100) errors.name = "Expected a name of 1 to 100 characters.";
  if (parseCount(form.recordCount) === undefined) {
    errors.recordCount = `Expected a whole number from 1 to ${showCount(MAX_RECORDS)}.`;
  }
  if (!budget || budget > MAX_BUDGET_NANOS) {
    errors.budgetUsd = `Expected dollars, more than 0 and at most ${showUsd(MAX_BUDGET_NANOS)}, as in 2.50.`;
  }
  if (form.formats.length === 0) errors.formats = "Choose one format at least.";
  if (form.split.trim() !== "" && !parseSplit(form.split)) {
    errors.split = "Expected three whole numbers of percent that make 100 together, as in 80, 10, 10.";
  }
  if (parsePercent(form.maxFailed) === undefined) errors.maxFailed = "Expected a whole number from 0 to 100.";
  if (form.partitionBy.trim() !== "" && !parsePartitionBy(form.partitionBy)) {
    errors.partitionBy =
      "Expected columns with commas between, each whole or by day, month or year, as in genre, date:month.";
  }
  return errors;
}

/** The form as the API takes it, without the token. Call it only when `checkForm` found nothing. */
export function toInput(form: JobForm): Omit<CreateJobInput, "clientToken"> {
  const { templateId, seedSetId, templateVersion } = form;
  if (templateId === null || seedSetId === null) throw new Error("The form was not checked before it was sent.");
  return {
    name: form.name.trim(),
    templateId,
    templateVersion,
    seedSetId,
    parameters: parametersInput(form.parameters, form.parameterTexts),
    recordCount: parseCount(form.recordCount) ?? 0,
    budgetNanos: parseUsd(form.budgetUsd) ?? 0,
    formats: [...form.formats],
    split: parseSplit(form.split) ?? null,
    maxFailedPercent: parsePercent(form.maxFailed) ?? null,
    priority: form.priority,
    capacity: form.capacity,
    taskSize: form.taskSize,
    partitionBy: parsePartitionBy(form.partitionBy) ?? null,
  };
}

/** `1,000` or `1000` as a number; `undefined` when a job cannot have that many records. */
export function parseCount(text: string): number | undefined {
  const digits = text.replaceAll(",", "").trim();
  const count = /^\d{1,9}$/.test(digits) ? Number(digits) : 0;
  return count >= 1 && count <= MAX_RECORDS ? count : undefined;
}

/** What the cost depends on; null while some of it is missing or wrong. */
export function toEstimateInput(form: JobForm): EstimateJobInput | null {
  const { templateId, templateVersion, seedSetId } = form;
  const recordCount = parseCount(form.recordCount);
  if (templateId === null || templateVersion === null || seedSetId === null || recordCount === undefined) return null;
  if (Object.keys(checkParameters(form.parameters, form.parameterTexts)).length > 0) return null;
  const parameters = parametersInput(form.parameters, form.parameterTexts);
  return { templateId, templateVersion, seedSetId, parameters, recordCount };
}

/** `20` or `20 %` as a number; `undefined` for what is no whole number of percent. */
function parsePercent(text: string): number | undefined {
  const [, digits] = /^\s*(\d{1,3})\s*%?\s*$/.exec(text) ?? [];
  const percent = Number(digits ?? NaN);
  return percent <= 100 ? percent : undefined;
}

/** The field that a refusal of the server is about, by its words; undefined when it is about none in particular. */
export function fieldOfRefusal(text: string): FieldName | undefined {
  return REFUSALS.find(([words]) => words.test(text))?.[1];
}

/** The first that fits: a template's complaint about seeds names both, and is answered by other seeds. */
const REFUSALS: readonly (readonly [RegExp, FieldName])[] = [
  [/\bjob's name\b/i, "name"],
  [/\bnumber of records\b/i, "recordCount"],
  [/\bmay fail\b/i, "maxFailed"],
  [/\bbudget\b/i, "budgetUsd"],
  [/\bsplit\b/i, "split"],
  [/\bpartitioned\b/i, "partitionBy"],
  [/\bformats?\b/i, "formats"],
  [/\bparameter\b/i, "parameters"],
  [/\bcollection\b|\bseeds?\b/i, "seedSetId"],
  [/\btemplate\b|\bmodel\b|\bstep\b/i, "templateId"],
];
