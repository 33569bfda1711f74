import type { ButtonHTMLAttributes } from "react";
import { Link, type LinkProps } from "react-router";
import { Icon, type IconName } from "./Icon.tsx";

export interface Look {
  /** `plain` by default. */
  readonly look?: "plain" | "primary" | "danger" | "quiet";
  /** Stands before the words; none by default. */
  readonly icon?: IconName;
  readonly large?: boolean;
}

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement>, Look {
  /** Shows that it is being done and cannot be pressed again meanwhile. */
  readonly busy?: boolean;
}

export function Button({ look, icon, large, busy, children, disabled, className, ...rest }: ButtonProps) {
  return (
    <button
      type="button"
      {...rest}
      className={classOf({ look, large }, className)}
      disabled={disabled || busy}
      aria-busy={busy}
    >
      {busy ? <span className="spinner" aria-hidden="true" /> : icon && <Icon name={icon} />}
      {children}
    </button>
  );
}

/** Goes somewhere, looks like a button. */
export function ButtonLink({ look, icon, large, children, className, ...rest }: LinkProps & Look) {
  return (
    <Link {...rest} className={classOf({ look, large }, className)}>
      {icon && <Icon name={icon} />}
      {children}
    </Link>
  );
}

function classOf({ look = "plain", large }: Look, more = ""): string {
  return ["button", look !== "plain" && `button-${look}`, large && "button-large", more].filter(Boolean).join(" ");
}
