/** The parameters a person chose, held against what the template offers. */
import { PlotPaletteError } from "../../core/errors.ts";
import { parametersOf, type Template } from "../../core/template/template.ts";

/**
 * Every parameter of the template as prompts are to see it.
 * @param given a JSON object of values by name, or nothing
 * @throws PlotPaletteError BadInput naming the first parameter that is unknown or has a value it may not have
 */
export function chosenParameters(template: Template, given: unknown): Record<string, unknown> {
  const chosen = given ?? {};
  if (typeof chosen !== "object" || Array.isArray(chosen))
    refuse(`The parameters must be a JSON object of values by name, not ${JSON.stringify(given).slice(0, 60)}.`);
  for (const [name, value] of Object.entries(chosen)) checkParameter(template, name, value);
  return parametersOf(template, chosen as Record<string, unknown>);
}

function checkParameter({ name: title, parameters }: Template, name: string, value: unknown): void {
  const known = Object.keys(parameters);
  if (!known.includes(name))
    refuse(
      `The template "${title}" has no parameter "${name}" (it has ${known.length > 0 ? known.join(", ") : "none"}).`,
    );
  const { values, default: usual } = parameters[name] ?? {};
  if (!values && value !== null && usual !== null && typeof value !== typeof usual)
    refuse(
      `The parameter "${name}" is a ${typeof usual} like its default ${JSON.stringify(usual)}, not ${JSON.stringify(value).slice(0, 60)}.`,
    );
  if (!values || value === null || values.some((one) => JSON.stringify(one) === JSON.stringify(value))) return;
  const choices = values.map((one) => JSON.stringify(one)).join(", ");
  refuse(`The parameter "${name}" may be ${choices}, not ${JSON.stringify(value).slice(0, 60)}.`);
}

function refuse(message: string): never {
  throw new PlotPaletteError("BadInput", message);
}
