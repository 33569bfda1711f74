import type { ButtonHTMLAttributes } from "react";
import { Link, type LinkProps } from "react-router";
import { Icon, type IconName } from "./Icon.tsx";

export interface ButtonVariant {
  /** `plain` by default. */
  readonly variant?: "plain" | "primary" | "danger" | "quiet";
  /** Shown before the label; none by default. */
  readonly icon?: IconName;
  readonly large?: boolean;
}

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement>, ButtonVariant {
  /** Shows a spinner and disables the button. */
  readonly busy?: boolean;
}

export function Button({ variant, icon, large, busy, children, disabled, className, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={classOf({ variant, large }, className)}
      disabled={disabled || busy}
      aria-busy={busy}
    >
      {busy ? <span className="spinner" aria-hidden="true" /> : icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

/** A link that looks like a button. */
export function ButtonLink({ variant, icon, large, children, className, ...rest }: LinkProps & ButtonVariant) {
  return (
    <Link {...rest} className={classOf({ variant, large }, className)}>
      {icon && <Icon name={icon} />}
      {children}
    </Link>
  );
}

function classOf({ variant = "plain", large }: ButtonVariant, more = ""): string {
  return ["button", variant !== "plain" && `button-${variant}`, large && "button-large", more]
    .filter(Boolean)
    .join(" ");
}
