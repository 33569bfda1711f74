/**
 * Whether the models of a template accept what its steps ask of them. Not part of reading a template: a job that runs, or has
 * run, keeps its template, whatever becomes of the models.
 */
import { findModel } from "../../models/models.ts";
import { refusedSettings, type RefusedSetting } from "../../models/request-limits.ts";
import type { ModelChoice, Step, Template } from "../template.ts";
import { TemplateSource, type Path, type TemplateProblem } from "./source.ts";

export interface CheckOptions {
  /** Where another server answers for the models, what a tier resolves to says nothing about it; a named model is meant as such. */
  readonly tiersAreStandIns?: boolean;
}

/** Each setting that Bedrock would refuse, with its location; empty when every model accepts every request. */
export function requestProblems(text: string, template: Template, options: CheckOptions = {}): TemplateProblem[] {
  return checkedSource(text, template, options).problems;
}

/** @throws PlotPaletteError BadInput with the first problem: a sentence, line, column and the line with a caret */
export function checkRequests(text: string, template: Template, options: CheckOptions = {}): void {
  checkedSource(text, template, options).throwFirstProblem();
}

function checkedSource(text: string, template: Template, { tiersAreStandIns = false }: CheckOptions): TemplateSource {
  const source = new TemplateSource(text);
  template.steps.forEach((step, n) => {
    for (const use of usesOf(step)) {
      const model = findModel(use.choice.modelId);
      if (!model || (tiersAreStandIns && use.choice.tier)) continue;
      for (const refused of refusedSettings(step, model))
        source.addProblem(
          ["steps", n, ...(use.path ?? pathOf(refused))],
          `Step "${step.id}" ${refused.given}, but ${use.prefix}${titleOf(model.name, use.choice)} ${refused.rule}; ${refused.advice} or choose another model.`,
        );
    }
  });
  return source;
}

interface ModelUse {
  readonly choice: ModelChoice;
  readonly prefix: string;
  /** The model's place in the step, where that is what does not fit; otherwise it is the setting. */
  readonly path?: Path;
}

function usesOf({ modelId, tier, fallbacks, escalate }: Step): ModelUse[] {
  return [
    { choice: { modelId, tier }, prefix: "" },
    ...fallbacks.map((choice, n) => ({ choice, prefix: "the fallback ", path: ["fallbacks", n] })),
    ...(escalate ? [{ choice: escalate, prefix: "the escalation model ", path: ["escalate", "to"] }] : []),
  ];
}

function pathOf({ setting, index }: RefusedSetting): Path {
  return index === undefined ? [setting] : [setting, index];
}

function titleOf(name: string, { tier }: ModelChoice): string {
  return tier ? `${name}, the tier "${tier}" here,` : name;
}
