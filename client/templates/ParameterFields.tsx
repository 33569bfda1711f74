import { initialText, kindOf, showValue, type Parameter, type ParameterTexts } from "./parameters.ts";
import { SelectField, TextField } from "../ui/Field.tsx";

export interface ParameterFieldsProps {
  readonly parameters: readonly Parameter[];
  readonly texts: ParameterTexts;
  /** What is wrong, by parameter. */
  readonly faults: Readonly<Record<string, string>>;
  readonly onChange: (texts: ParameterTexts) => void;
}

/** A field for each parameter of a template: its values to choose from, else a text or JSON. */
export function ParameterFields({ parameters, texts, faults, onChange }: ParameterFieldsProps) {
  return parameters.map((parameter) => {
    const { name, description, values } = parameter;
    const field = {
      label: name,
      value: texts[name] ?? initialText(parameter),
      hint: description ?? (kindOf(parameter) === "json" ? "As JSON." : undefined),
      error: faults[name],
      onChange: (event: { target: { value: string } }) => onChange({ ...texts, [name]: event.target.value }),
    };
    if (!values) return <TextField key={name} {...field} spellCheck={kindOf(parameter) === "text"} />;
    return (
      <SelectField key={name} {...field}>
        {values.map((value) => (
          <option key={value} value={value}>
            {showValue(value)}
          </option>
        ))}
      </SelectField>
    );
  });
}
