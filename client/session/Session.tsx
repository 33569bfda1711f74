import { useCallback, useEffect, useMemo, useState, type ReactNode } from "react";
import { ApolloProvider } from "@apollo/client/react";
import type { Config } from "../config.ts";
import { SignedOutError } from "../errors.ts";
import { DatasetsBackContext } from "../jobs/dataset/RestoredDatasets.ts";
import { RealtimeContext } from "../link/Realtime.ts";
import { useJobNews } from "../jobs/live/useJobUpdates.ts";
import { useSeedSetNews } from "../seeds/useSeedSetUpdates.ts";
import { createClient, type Api } from "./createClient.ts";
import { readToken } from "./auth.ts";

interface Props {
  readonly config: Config;
  readonly children: ReactNode;
  /** The tokens are gone: sign-in is needed. */
  readonly onEnd: () => void;
}

/** Everything of one signed-in person: their cache and their socket, both gone with them. Give it their id as `key`. */
export function Session({ config, children, onEnd }: Props) {
  const [{ client, realtime }] = useState(() => createApi(config, onEnd));
  useEffect(() => {
    const retry = () => realtime.retryNow();
    addEventListener("online", retry);
    return () => {
      removeEventListener("online", retry);
      realtime.close();
    };
  }, [realtime]);
  return (
    <ApolloProvider client={client}>
      <RealtimeContext value={realtime}>
        <News>{children}</News>
      </RealtimeContext>
    </ApolloProvider>
  );
}

function News({ children }: { readonly children: ReactNode }) {
  const [jobIds, setJobIds] = useState<readonly string[]>([]);
  const seen = useCallback((id: string) => setJobIds((ids) => ids.filter((each) => each !== id)), []);
  const add = useCallback((id: string) => setJobIds((ids) => [...ids.filter((each) => each !== id), id]), []);
  useJobNews(add);
  useSeedSetNews();
  return (
    <DatasetsBackContext value={useMemo(() => ({ jobIds, seen }), [jobIds, seen])}>{children}</DatasetsBackContext>
  );
}

function createApi(config: Config, onEnd: () => void): Api {
  return createClient(config, async (fresh) => {
    try {
      return await readToken(fresh);
    } catch (error) {
      if (error instanceof SignedOutError) onEnd();
      throw error;
    }
  });
}
