import { FORMATS } from "#core/formats";
import type { DatasetFormat } from "../../generated/documents.ts";
import { FieldGroup, TextField } from "../../ui/Field.tsx";
import { Checkbox } from "../../ui/RadioCard.tsx";
import { FORMAT_LABELS } from "../labels.ts";
import { budgetMessage, type RecordAttempts } from "./budgetMessage.ts";
import { formatsOf, type FormErrors, type JobForm } from "./form.ts";
import { JobAdvanced } from "./JobAdvanced.tsx";
import { JobEstimate } from "./JobEstimate.tsx";

interface Fields {
  readonly form: JobForm;
  readonly errors: FormErrors;
  readonly onChange: (part: Partial<JobForm>) => void;
}

export interface JobSizeProps extends Fields {
  /** The fine-tuning formats that the selected template maps; empty while none is selected. */
  readonly trainingFormats: readonly DatasetFormat[];
  /** The columns its dataset can be partitioned by. */
  readonly columns: readonly string[];
  /** The cost and number of attempts per record of the selected template; null while none is selected. */
  readonly attempts: RecordAttempts | null;
}

/** Step 3 of a new job: how many records, for how much, in which formats, and under which name. */
export function JobSize({ trainingFormats, columns, attempts, ...fields }: JobSizeProps) {
  return (
    <>
      <h2 className="row">
        <span className="step-number">3</span>Size and budget
      </h2>
      <CountAndBudget {...fields} />
      <p className="small soft number" aria-live="polite">
        {budgetMessage(fields.form, attempts)}
      </p>
      <JobEstimate form={fields.form} />
      <Formats {...fields} offered={formatsOf(trainingFormats)} />
      <DatasetLayout {...fields} columns={columns} />
      <JobName {...fields} />
      <JobAdvanced {...fields} />
    </>
  );
}

function CountAndBudget({ form, errors, onChange }: Fields) {
  return (
    <div className="wizard-pair">
      <div id="field-recordCount">
        <TextField
          label="Records"
          inputMode="numeric"
          value={form.recordCount}
          error={errors.recordCount}
          hint="1–1,000,000"
          onChange={(event) => onChange({ recordCount: event.target.value })}
        />
      </div>
      <div id="field-budgetUsd">
        <TextField
          label="Budget (USD)"
          adornment="$"
          inputMode="decimal"
          value={form.budgetUsd}
          error={errors.budgetUsd}
          hint="The most the job can spend on models."
          onChange={(event) => onChange({ budgetUsd: event.target.value })}
        />
      </div>
    </div>
  );
}

function Formats({ form, errors, offered, onChange }: Fields & { readonly offered: readonly DatasetFormat[] }) {
  const toggle = (format: DatasetFormat, isSelected: boolean) =>
    onChange({ formats: FORMATS.filter((known) => (known === format ? isSelected : form.formats.includes(known))) });
  return (
    <div id="field-formats">
      <FieldGroup label="Formats" error={errors.formats}>
        <div className="checks">
          {offered.map((format) => (
            <Checkbox
              key={format}
              label={FORMAT_LABELS[format]}
              checked={form.formats.includes(format)}
              onChange={(isSelected) => toggle(format, isSelected)}
            />
          ))}
        </div>
      </FieldGroup>
    </div>
  );
}

/** How the dataset is divided into files: splits and partitions. */
function DatasetLayout({ form, errors, columns, onChange }: Fields & { readonly columns: readonly string[] }) {
  return (
    <>
      <div id="field-split">
        <TextField
          label="Split"
          placeholder="80, 10, 10"
          value={form.split}
          error={errors.split}
          hint="Train, validation and test percentages, such as 80, 10, 10. Leave empty for no split."
          onChange={(event) => onChange({ split: event.target.value })}
        />
      </div>
      <div id="field-partitionBy">
        <TextField
          label="Partition by (Hive-style)"
          placeholder={columns[0] ?? "genre, date:month"}
          value={form.partitionBy}
          error={errors.partitionBy}
          hint={partitionHint(columns)}
          onChange={(event) => onChange({ partitionBy: event.target.value })}
        />
      </div>
    </>
  );
}

function partitionHint(columns: readonly string[]): string {
  const hint =
    "One directory per value of a column, such as genre=drama. Add :day, :month or :year for dates. Leave empty for no partitions.";
  return columns.length === 0 ? hint : `${hint} Columns: ${columns.join(", ")}.`;
}

function JobName({ form, errors, onChange }: Fields) {
  return (
    <div id="field-name">
      <TextField
        label="Name"
        maxLength={100}
        value={form.name}
        error={errors.name}
        hint="Shown in the list of jobs."
        onChange={(event) => onChange({ name: event.target.value })}
      />
    </div>
  );
}
