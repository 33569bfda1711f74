import type { ReactNode } from "react";
import { Badge } from "./Badge.tsx";

export interface ChoiceProps {
  /** Choices of one name exclude each other. */
  readonly name: string;
  readonly title: string;
  /** A word that sets it apart from the others; none by default. */
  readonly tag?: string;
  readonly children?: ReactNode;
  readonly chosen: boolean;
  readonly disabled?: boolean;
  readonly onChoose: () => void;
}

/** One of several cards of which one can be chosen. */
export function Choice({ name, title, tag, children, chosen, disabled, onChoose }: ChoiceProps) {
  return (
    <label className="choice">
      <input type="radio" name={name} checked={chosen} disabled={disabled} onChange={onChoose} />
      <span className="choice-title">
        {title} {tag && <Badge>{tag}</Badge>}
      </span>
      {children && <span className="choice-text">{children}</span>}
    </label>
  );
}

/** A box to tick. */
export function Check(props: { label: string; checked: boolean; onChange: (checked: boolean) => void }) {
  return (
    <label className="check">
      <input type="checkbox" checked={props.checked} onChange={(event) => props.onChange(event.target.checked)} />
      {props.label}
    </label>
  );
}
