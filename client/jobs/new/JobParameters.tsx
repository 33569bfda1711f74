import type { JobForm } from "./form.ts";
import { checkParameters } from "../../templates/parameters.ts";
import { FieldError } from "../../ui/Field.tsx";
import { ParameterFields } from "../../templates/ParameterFields.tsx";

export interface JobParametersProps {
  readonly form: JobForm;
  readonly error: string | undefined;
  readonly onChange: (part: Partial<JobForm>) => void;
}

/** The parameters of the selected template. Nothing when it has none. */
export function JobParameters({ form: { parameters, parameterTexts }, error, onChange }: JobParametersProps) {
  if (parameters.length === 0) return null;
  return (
    <section className="card stack" id="field-parameters" aria-labelledby="parameters-title">
      <h2 id="parameters-title">Template parameters</h2>
      <div className="wizard-pair">
        <ParameterFields
          parameters={parameters}
          texts={parameterTexts}
          errors={checkParameters(parameters, parameterTexts)}
          onChange={(texts) => onChange({ parameterTexts: texts })}
        />
      </div>
      <FieldError error={error} />
    </section>
  );
}
