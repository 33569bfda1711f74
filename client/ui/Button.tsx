import { useLayoutEffect, useRef, type ButtonHTMLAttributes, type MouseEvent } from "react";
import { Link, type LinkProps } from "react-router";
import { focusMain } from "./focusMain.ts";
import { Icon, type IconName } from "./Icon.tsx";

export interface ButtonVariant {
  /** `plain` by default. */
  readonly variant?: "plain" | "primary" | "danger" | "quiet";
  /** Shown before the label; none by default. */
  readonly icon?: IconName;
  readonly large?: boolean;
}

export interface ButtonProps extends ButtonHTMLAttributes<HTMLButtonElement>, ButtonVariant {
  /** Shows a spinner and ignores clicks; unlike a disabled button, it keeps the focus. */
  readonly busy?: boolean;
}

export function Button({ variant, icon, large, busy, children, className, onClick, ...rest }: ButtonProps) {
  const element = useRef<HTMLButtonElement>(null);
  useLayoutEffect(() => {
    const button = element.current;
    // A button whose action is no longer possible takes the focus with it.
    return () => {
      if (document.activeElement === button) focusMain();
    };
  }, []);
  // A busy submit button must not submit its form either.
  const ignore = (event: MouseEvent) => event.preventDefault();
  return (
    <button
      type="button"
      {...rest}
      ref={element}
      className={classOf({ variant, large }, className)}
      onClick={busy ? ignore : onClick}
      aria-disabled={busy || undefined}
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
