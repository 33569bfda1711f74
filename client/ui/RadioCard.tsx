import type { ReactNode } from "react";
import { Badge } from "./Badge.tsx";

export interface RadioCardProps {
  /** Cards with the same name exclude each other. */
  readonly name: string;
  readonly title: string;
  /** A badge beside the title; none by default. */
  readonly tag?: string;
  readonly children?: ReactNode;
  readonly selected: boolean;
  readonly disabled?: boolean;
  readonly onSelect: () => void;
}

/** A radio button shown as a card. */
export function RadioCard({ name, title, tag, children, selected, disabled, onSelect }: RadioCardProps) {
  return (
    <label className="choice">
      <input type="radio" name={name} checked={selected} disabled={disabled} onChange={onSelect} />
      <span className="choice-title">
        {title} {tag && <Badge>{tag}</Badge>}
      </span>
      {children && <span className="choice-text">{children}</span>}
    </label>
  );
}

/** A checkbox with its label. */
export function Checkbox(props: { label: string; checked: boolean; onChange: (checked: boolean) => void }) {
  return (
    <label className="check">
      <input type="checkbox" checked={props.checked} onChange={(event) => props.onChange(event.target.checked)} />
      {props.label}
    </label>
  );
}
