import { explainError } from "../errors.ts";
import { NotFoundPage } from "./NotFoundPage.tsx";
import { ErrorState } from "../ui/States.tsx";

interface Props {
  readonly error: unknown;
  readonly what: "job" | "template" | "seed set";
  readonly onRetry: () => void;
}

/** What a page shows instead of something that could not be loaded. */
export function PageError({ error, what, onRetry }: Props) {
  const { kind, text } = explainError(error);
  return kind === "NotFound" ? <NotFoundPage what={what} /> : <ErrorState heading="h1" text={text} onRetry={onRetry} />;
}
