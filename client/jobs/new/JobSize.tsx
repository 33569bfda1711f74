import { FORMATS } from "#core/formats";
import type { DatasetFormat } from "../../generated/documents.ts";
import { budgetSentence, type RecordAttempts } from "./budgetMessage.ts";
import { formatsOf, type FormErrors, type JobForm } from "./form.ts";
import { Check } from "../../ui/RadioCard.tsx";
import { FieldGroup, TextField } from "../../ui/Field.tsx";
import { JobAdvanced } from "./JobAdvanced.tsx";
import { FORMAT_WORDS } from "../page/JobDetails.tsx";
import { JobEstimate } from "./JobEstimate.tsx";

export interface JobSizeProps {
  readonly form: JobForm;
  readonly errors: FormErrors;
  /** What the chosen template maps for fine-tuning; none while none is chosen. */
  readonly trainingFormats: readonly DatasetFormat[];
  /** The columns its dataset can be cut by. */
  readonly columns: readonly string[];
  /** The most an attempt at a record of the chosen template can cost, and how many it may take; null while none is chosen. */
  readonly attempts: RecordAttempts | null;
  readonly onChange: (part: Partial<JobForm>) => void;
}

/** The third question of a new job: how many, for how much, in which formats, and what to call it. */
export function JobSize({ form, errors, trainingFormats, columns, attempts, onChange }: JobSizeProps) {
  const offered = formatsOf(trainingFormats);
  const toggle = (format: DatasetFormat, wanted: boolean) =>
    onChange({ formats: FORMATS.filter((known) => (known === format ? wanted : form.formats.includes(known))) });
  return (
    <>
      <h2 className="row">
        <span className="step-number">3</span>Size and budget
      </h2>
      <div className="wizard-pair">
        <div id="field-recordCount">
          <TextField
            label="Records"
            inputMode="numeric"
            value={form.recordCount}
            error={errors.recordCount}
            hint="1 to 1,000,000. You get exactly as many."
            onChange={(event) => onChange({ recordCount: event.target.value })}
          />
        </div>
        <div id="field-budgetUsd">
          <TextField
            label="Budget in US dollars"
            sign="$"
            inputMode="decimal"
            value={form.budgetUsd}
            error={errors.budgetUsd}
            hint="The most the job may spend on models."
            onChange={(event) => onChange({ budgetUsd: event.target.value })}
          />
        </div>
      </div>
      <p className="small soft number" aria-live="polite">
        {budgetSentence(form, attempts)}
      </p>
      <JobEstimate form={form} />
      <div id="field-formats">
        <FieldGroup label="Formats" error={errors.formats}>
          <div className="checks">
            {offered.map((format) => (
              <Check
                key={format}
                label={FORMAT_WORDS[format]}
                checked={form.formats.includes(format)}
                onChange={(wanted) => toggle(format, wanted)}
              />
            ))}
          </div>
        </FieldGroup>
      </div>
      <div id="field-split">
        <TextField
          label="Split"
          placeholder="80, 10, 10"
          value={form.split}
          error={errors.split}
          hint="Train, validation and test in percent, as in 80, 10, 10. Leave it empty for one file of each format."
          onChange={(event) => onChange({ split: event.target.value })}
        />
      </div>
      <div id="field-partitionBy">
        <TextField
          label="Folders"
          placeholder={columns[0] ?? "genre, date:month"}
          value={form.partitionBy}
          error={errors.partitionBy}
          hint={foldersHint(columns)}
          onChange={(event) => onChange({ partitionBy: event.target.value })}
        />
      </div>
      <div id="field-name">
        <TextField
          label="Name"
          maxLength={100}
          value={form.name}
          error={errors.name}
          hint="How you will find it again."
          onChange={(event) => onChange({ name: event.target.value })}
        />
      </div>
      <JobAdvanced form={form} errors={errors} onChange={onChange} />
    </>
  );
}

function foldersHint(columns: readonly string[]): string {
  const words =
    "Cuts the dataset into a folder for each value of a column; add :day, :month or :year for dates. Leave it empty for none.";
  return columns.length === 0 ? words : `${words} Columns: ${columns.join(", ")}.`;
}
