import { PlotPaletteError } from "../../core/errors.ts";

export function throwBadInput(message: string): never {
  throw new PlotPaletteError("BadInput", message);
}
