import { MODELS } from "../../core/models/models.ts";
import { refusedSettings } from "../../core/models/request-limits.ts";
import { BATCH_ITEMS, batchTemplate } from "../../resolvers/lambda/batchTemplate.ts";

test.each(MODELS.map((model) => [model.name, model] as const))("seeds can be generated with %s", (_, model) => {
  const template = batchTemplate(model.id, { type: "object", properties: {} }, BATCH_ITEMS);
  expect(template.steps.map((step) => refusedSettings(step, model))).toEqual([[]]);
});
