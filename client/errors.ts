import { CombinedGraphQLErrors, ServerError, ServerParseError } from "@apollo/client/errors";
import { UploadError } from "./seeds/upload/postFile.ts";

/** What went wrong, for people: the one place where errors become words. */
export interface Explanation {
  /** A sentence or two. */
  readonly text: string;
  /** What kind it is, for pages that act on it: NotFound shows its own page, Unauthorized leads to sign-in. */
  readonly kind: ErrorKind;
}

export type ErrorKind = "NotFound" | "BadInput" | "Conflict" | "Unauthorized" | "Internal" | "Network";

/** Turns anything that was thrown into words for people. */
export function explainError(error: unknown): Explanation {
  if (CombinedGraphQLErrors.is(error)) return explainGraphQL(error.errors[0] as ApiError | undefined);
  if (ServerError.is(error)) return explainStatus(error.statusCode, error.bodyText);
  if (ServerParseError.is(error)) return explainStatus(error.statusCode, error.bodyText);
  if (error instanceof TypeError && isNetworkText(error.message)) return OFFLINE;
  if (error instanceof SignedOutError) return SIGNED_OUT;
  if (error instanceof UploadError) return { kind: "Network", text: error.message };
  return INTERNAL;
}

/** Thrown where a token is needed and there is none any more. */
export class SignedOutError extends Error {
  constructor(options?: ErrorOptions) {
    super("The session has ended.", options);
    this.name = "SignedOutError";
  }
}

/** How AppSync shapes an error. */
interface ApiError {
  readonly message: string;
  readonly errorType?: string | null;
}

const OFFLINE: Explanation = {
  kind: "Network",
  text: "The server cannot be reached. Check the connection and try again.",
};
const SIGNED_OUT: Explanation = { kind: "Unauthorized", text: "Your session has ended. Sign in again to go on." };
const INTERNAL: Explanation = {
  kind: "Internal",
  text: "Something went wrong on our side, and nothing was changed. Try again in a moment.",
};
const BUSY: Explanation = { kind: "Internal", text: "The server has too much to do. Try again in a moment." };

function explainGraphQL(error: ApiError | undefined): Explanation {
  switch (error?.errorType) {
    case "NotFound":
    case "BadInput":
    case "Conflict":
      return { kind: error.errorType, text: error.message };
    case "Unauthorized":
      return { kind: "Unauthorized", text: "You may not do this." };
    case "UnauthorizedException":
      return SIGNED_OUT;
    default:
      return INTERNAL;
  }
}

function explainStatus(status: number, body: string): Explanation {
  if (status === 401 || body.includes("UnauthorizedException")) return SIGNED_OUT;
  if (status === 429 || status === 503) return BUSY;
  return INTERNAL;
}

/** Each browser has its own words for a request that never arrived. */
function isNetworkText(message: string): boolean {
  return /failed to fetch|networkerror|load failed|fetch failed/i.test(message);
}
