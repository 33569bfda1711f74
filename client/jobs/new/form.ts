import { DEFAULT_MAX_FAILED_PERCENT } from "#core/job/failure-tolerance";
import { FORMATS } from "#core/formats";
import { MAX_IN_FLIGHT } from "#core/job/task-size";
import { MAX_BUDGET_NANOS, MAX_RECORDS } from "#core/job/job";
import { formatUsd, parseUsd } from "#core/money/money";
import { parsePartitionBy } from "#core/dataset/partition";
import { parseSplit } from "#core/dataset/split";
import { isTrainingFormat } from "#core/dataset/training";
import type {
  CreateJobInput,
  DatasetFormat,
  EstimateJobInput,
  JobCapacity,
  JobPriority,
  TaskSize,
} from "../../generated/documents.ts";
import { parseCount } from "../recordCount.ts";
import { checkParameters, parametersInput, type Parameter, type ParameterTexts } from "../../templates/parameters.ts";
import { showCount } from "../../ui/format.ts";

/** The form's values, as typed. */
export interface JobForm {
  readonly name: string;
  readonly templateId: string | null;
  readonly templateVersion: number | null;
  readonly seedSetId: string | null;
  /** The template's parameters, and what was typed for them. */
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
  /** "" for the smallest that can have as many calls in flight. */
  readonly taskSize: TaskSize | "";
  /** As typed; empty for as many as the tasks can have. */
  readonly inFlight: string;
  /** The partition columns as typed; empty for none. */
  readonly partitionBy: string;
}

export const DEFAULT_MAX_FAILED = String(DEFAULT_MAX_FAILED_PERCENT);

/** The formats a template's datasets can have: fine-tuning formats only if the template maps them. */
export function formatsOf(trainingFormats: readonly DatasetFormat[]): DatasetFormat[] {
  return FORMATS.filter((format) => !isTrainingFormat(format) || trainingFormats.includes(format));
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
  | "maxFailed"
  | "inFlight";
export type FormErrors = Partial<Record<FieldName, string>>;

/** The errors of the form by field; empty when it can be submitted. */
export function checkForm(form: JobForm): FormErrors {
  const errors: FormErrors = {};
  const budget = parseUsd(form.budgetUsd);
  if (form.templateId === null) errors.templateId = "Choose a template.";
  if (form.seedSetId === null) errors.seedSetId = "Choose or upload a seed set.";
  if (Object.keys(checkParameters(form.parameters, form.parameterTexts)).length > 0) {
    errors.parameters = "Fix the invalid parameters.";
  }
  if (form.name.trim() === "" || form.name.length > 100) errors.name = "Enter a name of 1 to 100 characters.";
  if (parseCount(form.recordCount) === undefined) {
    errors.recordCount = `Enter a whole number from 1 to ${showCount(MAX_RECORDS)}.`;
  }
  if (!budget || budget > MAX_BUDGET_NANOS) {
    errors.budgetUsd = `Enter an amount above $0 and up to ${formatUsd(MAX_BUDGET_NANOS)}, such as 2.50.`;
  }
  if (form.formats.length === 0) errors.formats = "Choose at least one format.";
  if (form.split.trim() !== "" && !parseSplit(form.split)) {
    errors.split = "Enter three whole percentages that add up to 100, such as 80, 10, 10.";
  }
  if (parsePercent(form.maxFailed) === undefined) errors.maxFailed = "Enter a whole number from 0 to 100.";
  if (form.inFlight.trim() !== "" && parseInFlight(form.inFlight) === undefined) {
    errors.inFlight = `Enter a whole number from 1 to ${MAX_IN_FLIGHT}, or nothing for as many as the tasks can have.`;
  }
  if (form.partitionBy.trim() !== "" && !parsePartitionBy(form.partitionBy)) {
    errors.partitionBy =
      "Enter comma-separated columns, dates optionally by day, month or year, such as genre, date:month.";
  }
  return errors;
}

/** The form as API input, without the client token. Call it only when `checkForm` found no errors. */
export function toInput(form: JobForm): Omit<CreateJobInput, "clientToken"> {
  const { templateId, seedSetId, templateVersion } = form;
  if (templateId === null || seedSetId === null)
    throw new Error("The form must pass checkForm before it is submitted.");
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
    taskSize: form.taskSize || null,
    inFlight: parseInFlight(form.inFlight) ?? null,
    partitionBy: parsePartitionBy(form.partitionBy) ?? null,
  };
}

/** What the cost depends on; null while any of it is missing or invalid. */
export function toEstimateInput(form: JobForm): EstimateJobInput | null {
  const { templateId, templateVersion, seedSetId } = form;
  const recordCount = parseCount(form.recordCount);
  if (templateId === null || templateVersion === null || seedSetId === null || recordCount === undefined) return null;
  if (Object.keys(checkParameters(form.parameters, form.parameterTexts)).length > 0) return null;
  const parameters = parametersInput(form.parameters, form.parameterTexts);
  return { templateId, templateVersion, seedSetId, parameters, recordCount };
}

/** `20` or `20%` as a number; undefined for anything but a whole percentage. */
function parsePercent(text: string): number | undefined {
  const [, digits] = /^\s*(\d{1,3})\s*%?\s*$/.exec(text) ?? [];
  const percent = Number(digits ?? NaN);
  return percent <= 100 ? percent : undefined;
}

function parseInFlight(text: string): number | undefined {
  const calls = /^\s*\d{1,3}\s*$/.test(text) ? Number(text) : NaN;
  return calls >= 1 && calls <= MAX_IN_FLIGHT ? calls : undefined;
}

/** The field that an error of the API is about, by its message; undefined when it is about none in particular. */
export function fieldOfError(text: string): FieldName | undefined {
  return ERROR_FIELDS.find(([pattern]) => pattern.test(text))?.[1];
}

/** The first match wins: an error about a template and seeds names both, and is fixed by choosing other seeds. */
const ERROR_FIELDS: readonly (readonly [RegExp, FieldName])[] = [
  [/\bjob's name\b/i, "name"],
  [/\bnumber of records\b/i, "recordCount"],
  [/\bfailure tolerance\b/i, "maxFailed"],
  [/\bcalls in flight\b/i, "inFlight"],
  [/\bbudget\b/i, "budgetUsd"],
  [/\bsplit\b/i, "split"],
  [/\bpartition(ed|s)?\b/i, "partitionBy"],
  [/\bformats?\b/i, "formats"],
  [/\bparameter\b/i, "parameters"],
  [/\bcollection\b|\bseeds?\b/i, "seedSetId"],
  [/\btemplate\b|\bmodel\b|\bstep\b/i, "templateId"],
];
