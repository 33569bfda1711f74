import { CAPACITIES, PRIORITIES } from "#core/job";
import { TASK_SIZES } from "#core/task-size";
import type { TaskSize } from "../generated/documents.ts";
import type { JobForm } from "../jobs/form.ts";
import { CAPACITY_WORDS, PRIORITY_WORDS, TASK_SIZE_WORDS } from "../jobs/words.ts";
import { SelectField } from "../ui/Field.tsx";

interface Props {
  readonly form: JobForm;
  readonly onChange: (part: Partial<JobForm>) => void;
}

/** What seldom needs to be chosen: how soon a job is worked on, and on what. */
export function JobAdvanced({ form, onChange }: Props) {
  return (
    <details className="more-fields">
      <summary>Advanced</summary>
      <div className="stack">
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
