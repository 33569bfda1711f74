import {
  useId,
  type InputHTMLAttributes,
  type ReactNode,
  type SelectHTMLAttributes,
  type TextareaHTMLAttributes,
} from "react";
import { Icon } from "./Icon.tsx";

interface FieldText {
  readonly label: string;
  /** Help shown below the field. */
  readonly hint?: ReactNode;
  /** Why the value is invalid; nothing when it is valid. */
  readonly error?: string | null;
}

export interface TextFieldProps extends InputHTMLAttributes<HTMLInputElement>, FieldText {
  /** Shown inside the input, before the text: `$`. */
  readonly adornment?: string;
}

/** A single-line text input with its label, hint and error. */
export function TextField({ label, hint, error, adornment, ...input }: TextFieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <div className={adornment ? "input-with-adornment" : undefined}>
        {adornment && (
          <span className="input-adornment" aria-hidden="true">
            {adornment}
          </span>
        )}
        <input
          {...input}
          id={id}
          className="input"
          aria-invalid={Boolean(error)}
          aria-describedby={`${id}-hint ${id}-error`}
        />
      </div>
      {hint && (
        <div id={`${id}-hint`} className="field-hint">
          {hint}
        </div>
      )}
      <FieldError id={`${id}-error`} error={error} />
    </div>
  );
}

/** A multi-line text input with its label, hint and error. */
export function TextArea({ label, hint, error, ...input }: TextareaHTMLAttributes<HTMLTextAreaElement> & FieldText) {
  const id = useId();
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <textarea
        rows={3}
        {...input}
        id={id}
        className="input"
        aria-invalid={Boolean(error)}
        aria-describedby={`${id}-hint ${id}-error`}
      />
      {hint && (
        <div id={`${id}-hint`} className="field-hint">
          {hint}
        </div>
      )}
      <FieldError id={`${id}-error`} error={error} />
    </div>
  );
}

/** A select with its label, hint and error; its children are `option`s. */
export function SelectField({
  label,
  hint,
  error,
  children,
  ...select
}: SelectHTMLAttributes<HTMLSelectElement> & FieldText) {
  const id = useId();
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <select
        {...select}
        id={id}
        className="input"
        aria-invalid={Boolean(error)}
        aria-describedby={`${id}-hint ${id}-error`}
      >
        {children}
      </select>
      {hint && (
        <div id={`${id}-hint`} className="field-hint">
          {hint}
        </div>
      )}
      <FieldError id={`${id}-error`} error={error} />
    </div>
  );
}

/** Several controls under one label. */
export function FieldGroup({ label, hint, error, children }: FieldText & { readonly children: ReactNode }) {
  const id = useId();
  return (
    <fieldset className="field" aria-describedby={`${id}-error`}>
      <legend className="field-label">{label}</legend>
      {hint && <div className="field-hint">{hint}</div>}
      {children}
      <FieldError id={`${id}-error`} error={error} />
    </fieldset>
  );
}

/** The error below a control; screen readers announce it when it appears. */
export function FieldError({ id, error }: { readonly id?: string; readonly error?: string | null }) {
  if (!error) return null;
  return (
    <div id={id} role="alert" className="field-error">
      <Icon name="alert" />
      <span>{error}</span>
    </div>
  );
}
