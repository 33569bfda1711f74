import type { Fit } from "./fit.ts";
import { Icon, type IconName } from "../ui/Icon.tsx";

/** What a template reads, each with an icon for whether the selected seeds have it. */
export function FitList({ fits }: { readonly fits: readonly Fit[] }) {
  return (
    <ul className="fits">
      {fits.map((fit) => (
        <li key={fit.name} className={`fit fit-${fit.status}`}>
          <Icon name={ICONS[fit.status]} />
          <span>
            <span className="mono">{fit.name}</span>
            <span className="visually-hidden">{SPOKEN[fit.status]}</span>
            {fit.remark && <span className="small soft"> {fit.remark}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}

/** For screen readers, which do not see the icon; the remark says the rest. */
const SPOKEN: Readonly<Record<Fit["status"], string>> = {
  present: " is present",
  partial: " is",
  optional: " is",
  missing: " is missing:",
};

const ICONS: Readonly<Record<Fit["status"], IconName>> = {
  present: "check",
  partial: "info",
  optional: "info",
  missing: "cross",
};
