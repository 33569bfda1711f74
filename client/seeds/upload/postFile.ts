import { UploadError } from "../../errors.ts";
import type { CreateSeedSetMutation } from "../../generated/documents.ts";

export interface PostFile {
  readonly form: CreateSeedSetMutation["createSeedSet"]["uploads"][number];
  readonly file: File;
  /** Called with the number of bytes sent so far. */
  readonly onSent: (bytes: number) => void;
  readonly signal: AbortSignal;
}

/** Sends one file with the form that the server signed. XMLHttpRequest, because `fetch` reports no upload progress. */
export function postFile({ form, file, onSent, signal }: PostFile): Promise<void> {
  const body = new FormData();
  for (const { name, value } of form.fields) body.append(name, value);
  body.append("file", file);
  return new Promise((resolve, reject) => {
    signal.throwIfAborted();
    const request = new XMLHttpRequest();
    // `loaded` includes the form's own bytes.
    request.upload.onprogress = (event) => onSent(Math.min(event.loaded, file.size));
    request.onload = () => (request.status < 300 ? resolve() : reject(new UploadError(explain(request, file))));
    request.onerror = () =>
      reject(new UploadError(`“${file.name}” could not be uploaded: the connection was lost. Try again.`));
    request.onabort = () => reject(new UploadError("The upload was canceled."));
    signal.addEventListener("abort", () => request.abort(), { once: true });
    request.open("POST", form.url);
    request.send(body);
  });
}

function explain(request: XMLHttpRequest, file: File): string {
  const code = /<Code>(\w+)<\/Code>/.exec(request.responseText)?.[1];
  if (code === "EntityTooLarge") return `“${file.name}” is larger than 1 GB. Split it or upload a sample of it.`;
  if (code === "AccessDenied")
    return `The upload of “${file.name}” took too long and its permission expired. Try again.`;
  return `S3 rejected “${file.name}” (${code ?? `status ${request.status}`}). Try again.`;
}
