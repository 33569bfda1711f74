import { useCallback, useMemo, useState, type ReactNode } from "react";
import { ApolloProvider } from "@apollo/client/react";
import type { Config } from "../config.ts";
import { SignedOutError } from "../errors.ts";
import { RestoredDatasetsContext } from "../jobs/dataset/RestoredDatasets.ts";
import { RealtimeContext, useBrowserNetwork } from "../link/Realtime.ts";
import { useJobUpdates } from "../jobs/live/useJobUpdates.ts";
import { useSeedSetUpdates } from "../seeds/useSeedSetUpdates.ts";
import { createClient, type Api } from "./createClient.ts";
import { UserContext, type User } from "../hooks/UserContext.ts";
import { readToken } from "./auth.ts";

interface Props {
  readonly config: Config;
  readonly user: User;
  readonly children: ReactNode;
  /** Called when the tokens have expired and the user must sign in again. */
  readonly onSessionEnd: () => void;
}

/** One signed-in user's cache and socket; both end with the session. Use the user's id as `key`. */
export function Session({ config, user, children, onSessionEnd }: Props) {
  const [{ client, realtime }] = useState(() => createApi(config, onSessionEnd));
  useBrowserNetwork(realtime);
  return (
    <ApolloProvider client={client}>
      <RealtimeContext value={realtime}>
        <UserContext value={user}>
          <LiveUpdates>{children}</LiveUpdates>
        </UserContext>
      </RealtimeContext>
    </ApolloProvider>
  );
}

function LiveUpdates({ children }: { readonly children: ReactNode }) {
  const [jobIds, setJobIds] = useState<readonly string[]>([]);
  const dismiss = useCallback((id: string) => setJobIds((ids) => ids.filter((each) => each !== id)), []);
  const add = useCallback((id: string) => setJobIds((ids) => [...ids.filter((each) => each !== id), id]), []);
  useJobUpdates(add);
  useSeedSetUpdates();
  return (
    <RestoredDatasetsContext value={useMemo(() => ({ jobIds, dismiss }), [jobIds, dismiss])}>
      {children}
    </RestoredDatasetsContext>
  );
}

function createApi(config: Config, onSessionEnd: () => void): Api {
  return createClient(config, async (fresh) => {
    try {
      return await readToken(fresh);
    } catch (error) {
      if (error instanceof SignedOutError) onSessionEnd();
      throw error;
    }
  });
}
