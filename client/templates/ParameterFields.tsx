import { initialText, kindOf, showValue, type Parameter, type ParameterTexts } from "./parameters.ts";
import { SelectField, TextField } from "../ui/Field.tsx";

export interface ParameterFieldsProps {
  readonly parameters: readonly Parameter[];
  readonly texts: ParameterTexts;
  /** The errors by parameter. */
  readonly errors: Readonly<Record<string, string>>;
  readonly onChange: (texts: ParameterTexts) => void;
}

/** A field for each parameter of a template: a select for its values, otherwise text or JSON. */
export function ParameterFields({ parameters, texts, errors, onChange }: ParameterFieldsProps) {
  return parameters.map((parameter) => {
    const { name, description, values } = parameter;
    const field = {
      label: name,
      value: texts[name] ?? initialText(parameter),
      hint: description ?? (kindOf(parameter) === "json" ? "JSON." : undefined),
      error: errors[name],
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
