import { paths } from "../paths.ts";
import { ButtonLink } from "../ui/Button.tsx";
import { Empty } from "../ui/States.tsx";

/** For addresses that lead nowhere, and for what does not exist or is not mine: nobody can tell which. */
export function NotFoundPage({ what = "page" }: { readonly what?: "page" | "job" | "template" | "seed set" }) {
  return (
    <>
      <title>Not found · Plot Palette</title>
      <Empty
        icon="search"
        title={`There is no such ${what}`}
        actions={<ButtonLink to={paths.jobs()}>Go to your jobs</ButtonLink>}
      >
        The address may be mistyped, or what it led to was deleted.
      </Empty>
    </>
  );
}
