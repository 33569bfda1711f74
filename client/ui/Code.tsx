import { useState } from "react";
import { Button } from "./Button.tsx";

export interface CodeProps {
  /** What it is, for screen readers. */
  readonly label: string;
  readonly text: string;
  /** Wraps long lines; they scroll by default. */
  readonly wrap?: boolean;
}

/** Preformatted text with a copy button. */
export function Code({ label, text, wrap }: CodeProps) {
  const [copied, setCopied] = useState(false);
  const copy = async () => {
    await navigator.clipboard.writeText(text);
    setCopied(true);
  };
  return (
    <div className={wrap ? "code code-wrap" : "code"}>
      <pre tabIndex={0} role="region" aria-label={label}>
        <code>{text}</code>
      </pre>
      <Button icon={copied ? "check" : "copy"} onClick={() => void copy()} onBlur={() => setCopied(false)}>
        {copied ? "Copied" : "Copy"}
      </Button>
    </div>
  );
}
