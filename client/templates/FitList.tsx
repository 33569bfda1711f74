import type { Fit } from "./fit.ts";
import { Icon, type IconName } from "../ui/Icon.tsx";

/** What a template reads, each with a mark that says whether the chosen seeds have it. */
export function FitList({ fits }: { readonly fits: readonly Fit[] }) {
  return (
    <ul className="fits">
      {fits.map((fit) => (
        <li key={fit.name} className={`fit fit-${fit.verdict}`}>
          <Icon name={ICONS[fit.verdict]} />
          <span>
            <span className="mono">{fit.name}</span>
            <span className="visually-hidden">{fit.verdict === "missing" ? " is missing" : " is there"}</span>
            {fit.remark && <span className="small soft"> {fit.remark}</span>}
          </span>
        </li>
      ))}
    </ul>
  );
}

const ICONS: Readonly<Record<Fit["verdict"], IconName>> = {
  there: "check",
  partly: "info",
  optional: "info",
  missing: "cross",
};
