import { useState } from "react";
import { Button } from "./Button.tsx";

/** Cycles through the system's colors, light and dark, and remembers the choice. `theme.js` applies it before the first paint. */
export function ThemeToggle() {
  const [theme, setTheme] = useState<Theme>(currentTheme);
  const step = () => {
    const next = NEXT[theme];
    if (next === "auto") {
      delete document.documentElement.dataset.theme;
      localStorage.removeItem("theme");
    } else {
      document.documentElement.dataset.theme = next;
      localStorage.setItem("theme", next);
    }
    setTheme(next);
  };
  const title = `Theme: ${LABELS[theme]}. Switch to ${LABELS[NEXT[theme]]}.`;
  return <Button variant="quiet" icon={ICONS[theme]} onClick={step} aria-label={title} title={title} />;
}

type Theme = "auto" | "light" | "dark";

const NEXT = { auto: "light", light: "dark", dark: "auto" } as const;
const ICONS = { auto: "auto", light: "sun", dark: "moon" } as const;
const LABELS = { auto: "system", light: "light", dark: "dark" } as const;

function currentTheme(): Theme {
  const theme = document.documentElement.dataset.theme;
  return theme === "light" || theme === "dark" ? theme : "auto";
}
