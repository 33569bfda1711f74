/** Checks the parameters that a person chose against the template. */
import { parametersOf, type Template } from "../../core/template/template.ts";
import { throwBadInput } from "./errors.ts";

/**
 * Every parameter of the template as prompts see it.
 * @param given a JSON object of values by name, or nothing
 * @throws PlotPaletteError BadInput naming the first parameter that is unknown or has an invalid value
 */
export function chosenParameters(template: Template, given: unknown): Record<string, unknown> {
  const chosen = given ?? {};
  if (typeof chosen !== "object" || Array.isArray(chosen))
    throwBadInput(`The parameters must be a JSON object of values by name, not ${JSON.stringify(given).slice(0, 60)}.`);
  for (const [name, value] of Object.entries(chosen)) checkParameter(template, name, value);
  return parametersOf(template, chosen as Record<string, unknown>);
}

function checkParameter({ name: title, parameters }: Template, name: string, value: unknown): void {
  const known = Object.keys(parameters);
  if (!known.includes(name))
    throwBadInput(
      `The template "${title}" has no parameter "${name}" (it has ${known.length > 0 ? known.join(", ") : "none"}).`,
    );
  const { values, default: defaultValue } = parameters[name] ?? {};
  if (!values && value !== null && defaultValue !== null && typeof value !== typeof defaultValue)
    throwBadInput(
      `The parameter "${name}" must be a ${typeof defaultValue} like its default ${JSON.stringify(defaultValue)}, not ${JSON.stringify(value).slice(0, 60)}.`,
    );
  if (!values || value === null || values.some((one) => JSON.stringify(one) === JSON.stringify(value))) return;
  const choices = values.map((one) => JSON.stringify(one)).join(", ");
  throwBadInput(`The parameter "${name}" must be one of ${choices}, not ${JSON.stringify(value).slice(0, 60)}.`);
}
