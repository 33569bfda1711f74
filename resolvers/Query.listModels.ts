import { MODELS } from "../core/models.ts";

export function request() {
  return { payload: {} };
}

export function response() {
  return MODELS.map((model) => ({
    id: model.id,
    name: model.name,
    tier: model.tier,
    inputNanosPerThousand: model.inputNanosPerThousand,
    outputNanosPerThousand: model.outputNanosPerThousand,
    pricedOn: model.pricedOn,
  }));
}
