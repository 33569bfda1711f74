import { CAPACITIES, PRIORITIES } from "#core/job/job";
import { TASK_SIZES } from "#core/job/task-size";
import type { TaskSize } from "../../generated/documents.ts";
import type { FormErrors, JobForm } from "./form.ts";
import { CAPACITY_WORDS, PRIORITY_WORDS, TASK_SIZE_WORDS } from "../labels.ts";
import { SelectField, TextField } from "../../ui/Field.tsx";

interface Props {
  readonly form: JobForm;
  readonly errors: FormErrors;
  readonly onChange: (part: Partial<JobForm>) => void;
}

/** What seldom needs to be chosen: how much may fail, how soon a job is worked on, and on what. */
export function JobAdvanced({ form, errors, onChange }: Props) {
  return (
    <details className="more-fields" open={errors.maxFailed !== undefined || undefined}>
      <summary>Advanced</summary>
      <div className="stack">
        <div id="field-maxFailed">
          <TextField
            label="Records that may fail, in percent"
            inputMode="numeric"
            value={form.maxFailed}
            error={errors.maxFailed}
            hint="When more of them fail the job fails, early where that can be told early. 0 to 100."
            onChange={(event) => onChange({ maxFailed: event.target.value })}
          />
        </div>
        <Choices
          label="Priority among my jobs"
          words={PRIORITY_WORDS}
          values={PRIORITIES}
          value={form.priority}
          onChoose={(priority) => onChange({ priority })}
        />
        <Choices
          label="Capacity"
          words={CAPACITY_WORDS}
          values={CAPACITIES}
          value={form.capacity}
          onChoose={(capacity) => onChange({ capacity })}
        />
        <Choices
          label="Task size"
          words={TASK_SIZE_WORDS}
          values={SIZES}
          value={form.taskSize}
          onChoose={(taskSize) => onChange({ taskSize })}
        />
      </div>
    </details>
  );
}

const SIZES = Object.keys(TASK_SIZES) as TaskSize[];

interface ChoicesProps<Value extends string> {
  readonly label: string;
  readonly words: Readonly<Record<Value, string>>;
  readonly values: readonly Value[];
  readonly value: Value;
  readonly onChoose: (value: Value) => void;
}

function Choices<Value extends string>({ label, words, values, value, onChoose }: ChoicesProps<Value>) {
  return (
    <SelectField label={label} value={value} onChange={(event) => onChoose(event.target.value as Value)}>
      {values.map((known) => (
        <option key={known} value={known}>
          {words[known]}
        </option>
      ))}
    </SelectField>
  );
}
