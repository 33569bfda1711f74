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
  /** What to know before filling it in. */
  readonly hint?: ReactNode;
  /** What is wrong with it; nothing while all is well. */
  readonly error?: string | null;
}

export interface TextFieldProps extends InputHTMLAttributes<HTMLInputElement>, FieldText {
  /** Stands inside, before the text: `$`. */
  readonly sign?: string;
}

/** One line of text with its label, hint and error. */
export function TextField({ label, hint, error, sign, ...input }: TextFieldProps) {
  const id = useId();
  return (
    <div className="field">
      <label className="field-label" htmlFor={id}>
        {label}
      </label>
      <div className={sign ? "input-with-sign" : undefined}>
        {sign && (
          <span className="input-sign" aria-hidden="true">
            {sign}
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

/** Several lines of text with their label, hint and error. */
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

/** One of several values, which are its children as `option`. */
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

/** Several controls that answer one question. */
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

/** Says what is wrong beneath a control, and says it aloud when it appears. */
export function FieldError({ id, error }: { readonly id?: string; readonly error?: string | null }) {
  if (!error) return null;
  return (
    <div id={id} role="alert" className="field-error">
      <Icon name="alert" />
      <span>{error}</span>
    </div>
  );
}
