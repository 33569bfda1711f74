import { CombinedGraphQLErrors, ServerError, ServerParseError } from "@apollo/client/errors";

/** What went wrong, for people. This is the only place where errors become messages. */
export interface Explanation {
  /** A sentence or two. */
  readonly text: string;
  /** For pages that act on it: NotFound shows its own page, Unauthorized leads to sign-in. */
  readonly kind: ErrorKind;
}

export type ErrorKind = "NotFound" | "BadInput" | "Conflict" | "Unauthorized" | "Internal" | "Network";

/** Turns anything thrown into a message for people. */
export function explainError(error: unknown): Explanation {
  if (CombinedGraphQLErrors.is(error)) return explainGraphQL(error.errors[0] as ApiError | undefined);
  if (ServerError.is(error)) return explainStatus(error.statusCode, error.bodyText);
  if (ServerParseError.is(error)) return explainStatus(error.statusCode, error.bodyText);
  if (error instanceof TypeError && isNetworkText(error.message)) return OFFLINE;
  // Amplify's, when a token could not be renewed.
  if (error instanceof Error && error.name === "NetworkError") return OFFLINE;
  if (error instanceof SignedOutError) return SIGNED_OUT;
  if (error instanceof UploadError) return { kind: "Network", text: error.message };
  return INTERNAL;
}

/** Whether the server rejected the token that came with a request. */
export function isTokenRejected(error: unknown): boolean {
  return explainError(error) === SIGNED_OUT;
}

/** A token is needed and there is none: the session has ended. */
export class SignedOutError extends Error {
  constructor(options?: ErrorOptions) {
    super("The session has ended.", options);
    this.name = "SignedOutError";
  }
}

/** A file did not arrive; the message is for people. */
export class UploadError extends Error {
  override readonly name = "UploadError";
}

/** An error as AppSync returns it. */
interface ApiError {
  readonly message: string;
  readonly errorType?: string | null;
}

const OFFLINE: Explanation = {
  kind: "Network",
  text: "Cannot reach the server. Check your connection and try again.",
};
const SIGNED_OUT: Explanation = { kind: "Unauthorized", text: "Your session has ended; sign in again to continue." };
const INTERNAL: Explanation = {
  kind: "Internal",
  text: "Something went wrong on our side. Try again in a moment.",
};
const BUSY: Explanation = { kind: "Internal", text: "The server is busy. Try again in a moment." };

function explainGraphQL(error: ApiError | undefined): Explanation {
  switch (error?.errorType) {
    case "NotFound":
    case "BadInput":
    case "Conflict":
      return { kind: error.errorType, text: error.message };
    case "Unauthorized":
      return { kind: "Unauthorized", text: "You do not have permission to do this." };
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

/** Each browser has its own message for a request that never arrived. */
function isNetworkText(message: string): boolean {
  return /failed to fetch|networkerror|load failed|fetch failed/i.test(message);
}
