import { useQuery, useSubscription } from "@apollo/client/react";
import { OnTestRunChangedDocument, TestRunDocument, type TestRunFieldsFragment } from "../generated/documents.ts";
import { useAfterConnect } from "../link/Realtime.ts";

/** A test run, updated live. It is refetched after each connect: earlier updates are not replayed. */
export function useTestRun(id: string | null): TestRunFieldsFragment | undefined {
  const { data, refetch } = useQuery(TestRunDocument, {
    variables: { id: id ?? "" },
    skip: id === null,
    fetchPolicy: "cache-and-network",
  });
  useSubscription(OnTestRunChangedDocument, { variables: { id: id ?? "" }, skip: id === null });
  useAfterConnect(() => (id === null ? undefined : refetch()));
  return id === null ? undefined : data?.getTestRun;
}
