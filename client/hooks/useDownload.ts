import { useState } from "react";
import { useApolloClient } from "@apollo/client/react";
import { explainError } from "../errors.ts";
import { DownloadDocument } from "../generated/documents.ts";

/** Fetches an address for one file of a job's dataset and lets the browser download from it. */
export function useDownload(jobId: string) {
  const client = useApolloClient();
  const [pending, setPending] = useState<string | null>(null);
  const [error, setError] = useState<string | null>(null);
  const download = async (file: string) => {
    setPending(file);
    setError(null);
    try {
      const { data } = await client.query({
        query: DownloadDocument,
        variables: { jobId, file },
        fetchPolicy: "no-cache",
      });
      if (data) save(data.getDownload.url, file);
    } catch (cause) {
      setError(explainError(cause).text);
    } finally {
      setPending(null);
    }
  };
  return { download, pending, error };
}

function save(url: string, file: string): void {
  const link = Object.assign(document.createElement("a"), { href: url, download: file });
  document.body.append(link);
  link.click();
  link.remove();
}
