import { ApolloClient, ApolloLink, InMemoryCache } from "@apollo/client";
import { SetContextLink } from "@apollo/client/link/context";
import { ErrorLink } from "@apollo/client/link/error";
import { BaseHttpLink } from "@apollo/client/link/http";
import { from, switchMap } from "rxjs";
import type { Config } from "../config.ts";
import { isTokenRejected } from "../errors.ts";
import { typePolicies } from "./cache.ts";
import { keepNewest } from "./keepNewest.ts";
import { AppSyncRealtimeLink } from "../link/AppSyncRealtimeLink.ts";
import { Endpoints } from "../link/Endpoints.ts";
import { RealtimeConnection } from "../link/RealtimeConnection.ts";
import { rereadWhenUnreachable } from "../link/rereadWhenUnreachable.ts";
import { configureAuth } from "./auth.ts";

export interface Api {
  readonly client: ApolloClient;
  readonly realtime: RealtimeConnection;
}

/** The API client of one signed-in user: HTTP for queries and mutations, one socket for subscriptions. `fresh` asks for a new token. */
export function createClient(config: Config, getToken: (fresh: boolean) => Promise<string>): Api {
  const endpoints = new Endpoints(config, configureAuth);
  const realtime = new RealtimeConnection({
    endpoint: async (afterFailure) => {
      if (afterFailure) await endpoints.reread();
      const { realtimeUrl, graphqlUrl } = endpoints.config;
      return { url: realtimeUrl, host: new URL(graphqlUrl).host };
    },
    getToken,
    WebSocket,
  });
  const cache = new InMemoryCache({ typePolicies });
  // BaseHttpLink adds no extensions to the request; AppSync rejects bodies with unknown keys.
  const http = ApolloLink.from([
    renewRejectedToken(getToken),
    rereadWhenUnreachable(endpoints),
    new SetContextLink(async () => ({ headers: { authorization: await getToken(false) } })),
    new BaseHttpLink({ uri: () => endpoints.config.graphqlUrl }),
  ]);
  const link = ApolloLink.split(
    ({ operationType }) => operationType === "subscription",
    new AppSyncRealtimeLink(realtime),
    http,
  );
  return { client: new ApolloClient({ cache, link: keepNewest(cache).concat(link) }), realtime };
}

/** Sends a request once more with a new token if its own is rejected: revoked, say, or of an instance that was reset. */
function renewRejectedToken(getToken: (fresh: boolean) => Promise<string>): ErrorLink {
  return new ErrorLink(({ error, operation, forward }) =>
    isTokenRejected(error) ? from(getToken(true)).pipe(switchMap(() => forward(operation))) : undefined,
  );
}
