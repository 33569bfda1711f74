/** Whether the models that a template names can be called from here: known too late, it would cost its owner a failed job. */
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
        `Template "${name}" step "${step.id}" calls the model "${modelId}", which cannot be called from here (${here.region}); name a tier, or a model that can.`,
      );
    }
}

function modelsOf({ modelId, fallbacks, escalate }: Step): string[] {
  return [modelId, ...fallbacks.map((fallback) => fallback.modelId), ...(escalate ? [escalate.modelId] : [])];
}
