import type { JobForm } from "./form.ts";
import { checkParameters } from "../../templates/parameters.ts";
import { FieldError } from "../../ui/Field.tsx";
import { ParameterFields } from "../../templates/ParameterFields.tsx";

export interface JobParametersProps {
  readonly form: JobForm;
  readonly error: string | undefined;
  readonly onChange: (part: Partial<JobForm>) => void;
}

/** What the chosen template lets a job set. Nothing when it has no parameters. */
export function JobParameters({ form: { parameters, parameterTexts }, error, onChange }: JobParametersProps) {
  if (parameters.length === 0) return null;
  return (
    <section className="card stack" id="field-parameters" aria-labelledby="parameters-title">
      <h2 id="parameters-title">Parameters of the template</h2>
      <div className="wizard-pair">
        <ParameterFields
          parameters={parameters}
          texts={parameterTexts}
          faults={checkParameters(parameters, parameterTexts)}
          onChange={(texts) => onChange({ parameterTexts: texts })}
        />
      </div>
      <FieldError error={error} />
    </section>
  );
}
