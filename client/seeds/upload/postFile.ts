import type { CreateSeedSetMutation } from "../../generated/documents.ts";

export interface PostFile {
  readonly form: CreateSeedSetMutation["createSeedSet"]["uploads"][number];
  readonly file: File;
  /** Hears how many bytes are on their way. */
  readonly onSent: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/** Sends one file with the form that the server signed. XMLHttpRequest, because `fetch` does not tell how far an upload is. */
export function postFile({ form, file, onSent, signal }: PostFile): Promise<void> {
  const body = new FormData();
  for (const { name, value } of form.fields) body.append(name, value);
  body.append("file", file);
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const request = new XMLHttpRequest();
    // The form's own bytes count too; the file cannot be further than its end.
    request.upload.onprogress = (event) => onSent(Math.min(event.loaded, file.size));
    request.onload = () => (request.status < 300 ? resolve() : reject(new UploadError(explain(request, file))));
    request.onerror = () =>
      reject(new UploadError(`“${file.name}” could not be sent: the connection was lost. Try again.`));
    request.onabort = () => reject(new UploadError("The upload was stopped."));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.open("POST", form.url);
    request.send(body);
  });
}

/** A file did not arrive; the message is for people. */
export class UploadError extends Error {
  override readonly name = "UploadError";
}

function explain(request: XMLHttpRequest, file: File): string {
  const code = /<Code>(\w+)<\/Code>/.exec(request.responseText)?.[1];
  if (code === "EntityTooLarge") return `“${file.name}” is larger than 1 GB. Split it or take a sample of it.`;
  if (code === "AccessDenied") return `The time to send “${file.name}” has run out. Try again.`;
  return `The store refused “${file.name}” (${code ?? `status ${request.status}`}). Try again.`;
}
