import { paths } from "../paths.ts";
import { ButtonLink } from "../ui/Button.tsx";
import { EmptyState } from "../ui/States.tsx";

/** For unknown addresses, and for things that do not exist or belong to someone else: the page does not reveal which. */
export function NotFoundPage({ what = "page" }: { readonly what?: "page" | "job" | "template" | "seed set" }) {
  return (
    <>
      <title>Not found · Plot Palette</title>
      <EmptyState
        icon="search"
        title={`${what.charAt(0).toUpperCase()}${what.slice(1)} not found`}
        actions={<ButtonLink to={paths.jobs()}>Go to your jobs</ButtonLink>}
      >
        The address may be mistyped, or the {what} may have been deleted.
      </EmptyState>
    </>
  );
}
