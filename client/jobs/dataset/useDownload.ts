import { useState } from "react";
import { useApolloClient } from "@apollo/client/react";
import { explainError } from "../../errors.ts";
import { DownloadDocument } from "../../generated/documents.ts";

/**
 * Fetches an address for one file of a job's dataset and lets the browser download from it.
 * @param onRefused called when there was none: the file may have gone to the archive while the page was open
 */
export function useDownload(jobId: string, onRefused?: () => void) {
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
      onRefused?.();
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
