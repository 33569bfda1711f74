import { paths } from "../paths.ts";
import { ButtonLink } from "../ui/Button.tsx";
import { EmptyState } from "../ui/States.tsx";

/** For unknown addresses, and for things that do not exist or belong to someone else: the page does not reveal which. */
export function NotFoundPage({ what = "page" }: { readonly what?: keyof typeof WAYS_ON }) {
  const { to, label } = WAYS_ON[what];
  return (
    <>
      <title>Not found · Plot Palette</title>
      <EmptyState
        icon="search"
        heading="h1"
        title={`${what.charAt(0).toUpperCase()}${what.slice(1)} not found`}
        actions={<ButtonLink to={to}>{label}</ButtonLink>}
      >
        The address may be mistyped, or the {what} may have been deleted.
      </EmptyState>
    </>
  );
}

const WAYS_ON = {
  page: { to: paths.jobs(), label: "Go to your jobs" },
  job: { to: paths.jobs(), label: "Go to your jobs" },
  template: { to: paths.templates, label: "Go to your templates" },
  "seed set": { to: paths.seeds, label: "Go to your seeds" },
} as const;
