import { ApolloLink } from "@apollo/client";
import { catchError, from, mergeMap, throwError } from "rxjs";
import { explainError } from "../errors.ts";
import type { Endpoints } from "./Endpoints.ts";

/**
 * When a request does not reach the API, `/config.json` is read anew. If the API has moved, a query is sent again; a mutation
 * is not, because it may have taken effect.
 */
export function rereadWhenUnreachable(endpoints: Endpoints): ApolloLink {
  return new ApolloLink((operation, forward) =>
    forward(operation).pipe(
      catchError((error: unknown) => {
        if (explainError(error).kind !== "Network") return throwError(() => error);
        const isRepeatable = operation.operationType === "query";
        return from(endpoints.reread()).pipe(
          mergeMap((hasMoved) => (hasMoved && isRepeatable ? forward(operation) : throwError(() => error))),
        );
      }),
    ),
  );
}
