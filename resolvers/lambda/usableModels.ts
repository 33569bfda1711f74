/** Checks that a template's models can be called from this account, so that no job fails for lack of one. */
import { PlotPaletteError } from "../../core/errors.ts";
import { findModel, canUse } from "../../core/models/models.ts";
import type { Step, Template } from "../../core/template/template.ts";
import { account } from "./account.ts";

/** @throws PlotPaletteError BadInput naming the first step with a model that cannot be called */
export function checkModels({ name, steps }: Template): void {
  const here = account();
  for (const step of steps)
    for (const modelId of modelsOf(step)) {
      const model = findModel(modelId);
      if (model && canUse(here, model)) continue;
      throw new PlotPaletteError(
        "BadInput",
        `Template "${name}" step "${step.id}" uses the model "${modelId}", which is not available in ${here.region}; use a tier or an available model.`,
      );
    }
}

function modelsOf({ modelId, fallbacks, escalate }: Step): string[] {
  return [modelId, ...fallbacks.map((fallback) => fallback.modelId), ...(escalate ? [escalate.modelId] : [])];
}
