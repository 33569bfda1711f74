import { explainError } from "../errors.ts";
import { NotFoundPage } from "./NotFoundPage.tsx";
import { Failure } from "../ui/States.tsx";

interface Props {
  readonly error: unknown;
  readonly what: "job" | "template" | "seed set";
  readonly onRetry: () => void;
}

/** What a page shows in place of a thing that could not be read. */
export function PageFailure({ error, what, onRetry }: Props) {
  const { kind, text } = explainError(error);
  return kind === "NotFound" ? <NotFoundPage what={what} /> : <Failure text={text} onRetry={onRetry} />;
}
