import { useState } from "react";
import { useApolloClient } from "@apollo/client/react";
import { explainError } from "../../errors.ts";
import { DownloadDocument } from "../../generated/documents.ts";

/**
 * Fetches a signed URL for one file of a job's dataset and lets the browser download it.
 * @param onError called when that fails: the file may have been archived while the page was open
 */
export function useDownload(jobId: string, onError?: () => void) {
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
      onError?.();
    } finally {
      setPending(null);
    }
  };
  return { download, pending, error };
}

function save(url: string, file: string): void {
  const link = Object.assign(document.createElement("a"), { href: url, download: file.replaceAll("/", " ") });
  document.body.append(link);
  link.click();
  link.remove();
}
