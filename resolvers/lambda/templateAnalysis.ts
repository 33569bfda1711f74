/** The analysis stored with a template version, so that it need not be parsed again. */
import type { TemplateAnalysisRow } from "../../core/template/template-rows.ts";
import { boundOf } from "../../core/template/bound.ts";
import { dependenciesOf } from "../../core/template/prompts/dependencies.ts";
import { seedRequirementsOf } from "../../core/template/analysis/seed-requirements.ts";
import { trainingFormatsOf } from "../../core/dataset/training.ts";
import {
  columnsOf,
  maxRoundsOf,
  type Parameter,
  type Partials,
  type Step,
  type Template,
} from "../../core/template/template.ts";

/** @param partials the texts included from other templates, by `ID@VERSION/NAME` */
export function analyzeTemplate(template: Template, partials: Partials): TemplateAnalysisRow {
  const { collections, reads, warnings } = seedRequirementsOf(template, partials);
  const dependencies = dependenciesOf(template, partials);
  return {
    steps: template.steps.map((step) => analyzeStep(step, dependencies[step.id] ?? [])),
    parameters: Object.entries(template.parameters).map(([name, parameter]) => analyzeParameter(name, parameter)),
    columns: columnsOf(template).map((name) => ({ name, type: template.record?.[name]?.type })),
    categories: [...template.categories],
    accept: [...(template.accept ?? [])],
    maxAttempts: template.maxAttempts,
    trainingFormats: trainingFormatsOf(template),
    reads: [...reads],
    seedSchema: JSON.stringify(collections),
    warnings: [...warnings],
    maxAttemptCost: boundOf(template),
  };
}

function analyzeStep(step: Step, dependsOn: string[]): TemplateAnalysisRow["steps"][number] {
  const { id, modelId, tier, fallbacks, escalate, prompt, maxTokens, output } = step;
  return {
    id,
    modelId,
    tier,
    fallbacks: fallbacks.map((fallback) => fallback.modelId),
    escalatesTo: escalate?.modelId,
    prompt,
    maxTokens,
    output: output.type,
    rounds: maxRoundsOf(step),
    dependsOn,
  };
}

function analyzeParameter(name: string, parameter: Parameter): TemplateAnalysisRow["parameters"][number] {
  return {
    name,
    description: parameter.description,
    values: parameter.values?.map(jsonText),
    default: jsonText(parameter.default),
  };
}

function jsonText(value: unknown): string {
  return JSON.stringify(value ?? null);
}
