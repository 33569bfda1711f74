import { useQuery, useSubscription } from "@apollo/client/react";
import { OnTestRunChangedDocument, TestRunDocument, type TestRunFieldsFragment } from "../generated/documents.ts";
import { useAfterConnect } from "../link/Realtime.ts";

/** A test run, updated live. It is refetched when the connection goes live: earlier updates are not replayed. */
export function useTestRun(id: string | null): TestRunFieldsFragment | undefined {
  const { data, refetch } = useQuery(TestRunDocument, {
    variables: { id: id ?? "" },
    skip: id === null,
    fetchPolicy: "cache-and-network",
  });
  useSubscription(OnTestRunChangedDocument, { variables: { id: id ?? "" }, skip: id === null });
  useAfterConnect(() => void (id !== null && refetch().catch(() => undefined)));
  return id === null ? undefined : data?.getTestRun;
}
