import { useEffect, useState } from "react";
import { useApolloClient } from "@apollo/client/react";
import { TemplateDocument, type TemplateFieldsFragment } from "../generated/documents.ts";

/** The latest version of a template, loaded once. Later saves do not change it: it is being edited. */
export function useTemplateOnce(id: string) {
  const client = useApolloClient();
  const [template, setTemplate] = useState<TemplateFieldsFragment>();
  const [error, setError] = useState<unknown>();
  const [attempt, setAttempt] = useState(0);
  useEffect(() => {
    let isWanted = true;
    client.query({ query: TemplateDocument, variables: { id, version: null }, fetchPolicy: "network-only" }).then(
      ({ data }) => isWanted && setTemplate(data?.getTemplate),
      (cause: unknown) => isWanted && setError(cause),
    );
    return () => {
      isWanted = false;
    };
  }, [client, id, attempt]);
  const retry = () => {
    setError(undefined);
    setAttempt(attempt + 1);
  };
  return { template, error, retry };
}
