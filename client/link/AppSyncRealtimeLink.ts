import { ApolloLink, Observable } from "@apollo/client";
import { CombinedGraphQLErrors } from "@apollo/client/errors";
import { print, type GraphQLFormattedError } from "graphql";
import type { RealtimeConnection, WireError } from "./RealtimeConnection.ts";

/** Apollo's terminating link for subscriptions: all of them share one connection. */
export class AppSyncRealtimeLink extends ApolloLink {
  readonly #connection: RealtimeConnection;

  constructor(connection: RealtimeConnection) {
    super();
    this.#connection = connection;
  }

  override request(operation: ApolloLink.Operation): Observable<ApolloLink.Result> {
    const request = { query: print(operation.query), variables: operation.variables };
    return new Observable((observer) =>
      this.#connection.subscribe(request, {
        next: (payload) => observer.next(payload as ApolloLink.Result),
        error: (errors) => observer.error(new CombinedGraphQLErrors({ errors: errors.map(withMessage) })),
        complete: () => observer.complete(),
      }),
    );
  }
}

function withMessage(error: WireError): GraphQLFormattedError {
  return { ...error, message: error.message ?? error.errorType ?? "The subscription was rejected." };
}
