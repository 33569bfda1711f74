import type { TemplateAnalysisFieldsFragment } from "../generated/documents.ts";

export type Parameter = TemplateAnalysisFieldsFragment["parameters"][number];
/** What was typed or selected, by parameter; the default's text where nothing was. */
export type ParameterTexts = Readonly<Record<string, string>>;

/** How a parameter is entered: as a choice among its values, as text, or as JSON. */
export function kindOf({ values, default: initial }: Parameter): "choice" | "text" | "json" {
  if (values) return "choice";
  return typeof readJson(initial) === "string" ? "text" : "json";
}

/** The initial text of a parameter's field. */
export function initialText(parameter: Parameter): string {
  return kindOf(parameter) === "text" ? String(readJson(parameter.default)) : parameter.default;
}

/** A value as people read it: strings without quotes. */
export function showValue(json: string): string {
  const value = readJson(json);
  return typeof value === "string" ? value : json;
}

/** The errors by parameter; empty when all are valid. */
export function checkParameters(parameters: readonly Parameter[], texts: ParameterTexts): Record<string, string> {
  const errors = parameters
    .filter((parameter) => kindOf(parameter) === "json")
    .filter(({ name }) => texts[name] !== undefined && readJson(texts[name]) === undefined)
    .map(({ name }) => [name, "Enter JSON: a number, true, false, a list in [ ] or an object in { }."]);
  return Object.fromEntries(errors) as Record<string, string>;
}

/**
 * The values that differ from the template's defaults, as the JSON text that the API takes; null when none does. Call it
 * only when `checkParameters` found no errors.
 */
export function parametersInput(parameters: readonly Parameter[], texts: ParameterTexts): string | null {
  const changed = parameters
    .filter((parameter) => (texts[parameter.name] ?? initialText(parameter)) !== initialText(parameter))
    .map((parameter) => {
      const text = texts[parameter.name] ?? "";
      return [parameter.name, kindOf(parameter) === "text" ? text : readJson(text)];
    });
  return changed.length === 0 ? null : JSON.stringify(Object.fromEntries(changed));
}

function readJson(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return undefined;
  }
}
