import { CAPACITIES, PRIORITIES } from "#core/job/job";
import { MAX_IN_FLIGHT, TASK_SIZES } from "#core/job/task-size";
import type { TaskSize } from "../../generated/documents.ts";
import type { FormErrors, JobForm } from "./form.ts";
import { CAPACITY_LABELS, PRIORITY_LABELS, TASK_SIZE_LABELS } from "../labels.ts";
import { SelectField, TextField } from "../../ui/Field.tsx";

interface Props {
  readonly form: JobForm;
  readonly errors: FormErrors;
  readonly onChange: (part: Partial<JobForm>) => void;
}

/** Options that rarely need changing: failure tolerance, calls in flight, priority, capacity and task size. */
export function JobAdvanced({ form, errors, onChange }: Props) {
  return (
    <details
      className="more-fields"
      open={errors.maxFailed !== undefined || errors.inFlight !== undefined || undefined}
    >
      <summary>Advanced</summary>
      <div className="stack">
        <div id="field-maxFailed">
          <TextField
            label="Failure tolerance (%)"
            inputMode="numeric"
            value={form.maxFailed}
            error={errors.maxFailed}
            hint="0–100. The job stops early when a larger share of its first records fails."
            onChange={(event) => onChange({ maxFailed: event.target.value })}
          />
        </div>
        <div id="field-inFlight">
          <TextField
            label="Calls in flight"
            inputMode="numeric"
            placeholder="Automatic"
            value={form.inFlight}
            error={errors.inFlight}
            hint={`The most model calls at a time, 1–${MAX_IN_FLIGHT}: few for a local server, as many as its quota allows for Bedrock.`}
            onChange={(event) => onChange({ inFlight: event.target.value })}
          />
        </div>
        <OptionSelect
          label="Priority"
          labels={PRIORITY_LABELS}
          values={PRIORITIES}
          value={form.priority}
          onSelect={(priority) => onChange({ priority })}
        />
        <OptionSelect
          label="Capacity"
          labels={CAPACITY_LABELS}
          values={CAPACITIES}
          value={form.capacity}
          onSelect={(capacity) => onChange({ capacity })}
        />
        <OptionSelect
          label="Task size"
          labels={SIZE_LABELS}
          values={SIZES}
          value={form.taskSize}
          onSelect={(taskSize) => onChange({ taskSize })}
        />
      </div>
    </details>
  );
}

const SIZE_LABELS = { "": "Automatic", ...TASK_SIZE_LABELS };
const SIZES = ["", ...(Object.keys(TASK_SIZES) as TaskSize[])] as const;

interface OptionSelectProps<Value extends string> {
  readonly label: string;
  readonly labels: Readonly<Record<Value, string>>;
  readonly values: readonly Value[];
  readonly value: Value;
  readonly onSelect: (value: Value) => void;
}

function OptionSelect<Value extends string>({ label, labels, values, value, onSelect }: OptionSelectProps<Value>) {
  return (
    <SelectField label={label} value={value} onChange={(event) => onSelect(event.target.value as Value)}>
      {values.map((known) => (
        <option key={known} value={known}>
          {labels[known]}
        </option>
      ))}
    </SelectField>
  );
}
