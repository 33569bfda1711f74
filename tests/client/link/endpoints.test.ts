import { ApolloClient, ApolloLink, gql, InMemoryCache, Observable } from "@apollo/client";
import type { Config } from "../../../client/config.ts";
import { Endpoints } from "../../../client/link/Endpoints.ts";
import { rereadWhenUnreachable } from "../../../client/link/rereadWhenUnreachable.ts";
import { lastValueFrom } from "rxjs";

const BEFORE = { graphqlUrl: "http://127.0.0.1:7001/graphql" } as Config;
const AFTER = { graphqlUrl: "http://127.0.0.1:7002/graphql" } as Config;
const QUERY = gql`
  query Jobs {
    listJobs {
      id
    }
  }
`;
const MUTATION = gql`
  mutation CancelJob {
    cancelJob {
      id
    }
  }
`;

describe("the addresses", () => {
  test("are those of /config.json once they have been read again", async () => {
    const { endpoints, changes } = given(AFTER);
    expect(await endpoints.reread()).toBe(true);
    expect(endpoints.config).toBe(AFTER);
    expect(changes).toEqual([AFTER]);
    expect(await endpoints.reread()).toBe(false);
  });

  test("stay as they are while /config.json cannot be read", async () => {
    const { endpoints, changes } = given(new TypeError("Failed to fetch"));
    expect(await endpoints.reread()).toBe(false);
    expect(endpoints.config).toBe(BEFORE);
    expect(changes).toEqual([]);
  });

  test("are read once for all who ask at the same time", async () => {
    const { endpoints, reads } = given(AFTER);
    expect(await Promise.all([endpoints.reread(), endpoints.reread()])).toEqual([true, true]);
    expect(reads()).toBe(1);
  });
});

describe("a request that does not reach the API", () => {
  test("is sent again to where the API has moved", async () => {
    const { sent, send } = given(AFTER);
    expect(await send(QUERY)).toEqual({ data: { listJobs: [] } });
    expect(sent).toEqual([BEFORE.graphqlUrl, AFTER.graphqlUrl]);
  });

  test("fails if the API has not moved", async () => {
    const { sent, send } = given(BEFORE);
    await expect(send(QUERY)).rejects.toThrow("Failed to fetch");
    expect(sent).toEqual([BEFORE.graphqlUrl]);
  });

  test("is not repeated when it might have taken effect, but the next one finds the API", async () => {
    const { sent, send } = given(AFTER);
    await expect(send(MUTATION)).rejects.toThrow("Failed to fetch");
    expect(await send(MUTATION)).toEqual({ data: { listJobs: [] } });
    expect(sent).toEqual([BEFORE.graphqlUrl, AFTER.graphqlUrl]);
  });
});

/** An API that has moved to AFTER, and a `/config.json` that says this. */
function given(file: Config | Error) {
  let count = 0;
  const changes: Config[] = [];
  const load = async () => {
    count += 1;
    if (file instanceof Error) throw file;
    return file;
  };
  const endpoints = new Endpoints(BEFORE, (config) => changes.push(config), load);
  const sent: string[] = [];
  const api = new ApolloLink(() => {
    const url = endpoints.config.graphqlUrl;
    sent.push(url);
    return new Observable((observer) => {
      if (url !== AFTER.graphqlUrl) return observer.error(new TypeError("Failed to fetch"));
      observer.next({ data: { listJobs: [] } });
      observer.complete();
    });
  });
  const link = rereadWhenUnreachable(endpoints).concat(api);
  const client = new ApolloClient({ cache: new InMemoryCache(), link });
  const send = (query: typeof QUERY) => lastValueFrom(ApolloLink.execute(link, { query }, { client }));
  return { endpoints, changes, reads: () => count, sent, send };
}
