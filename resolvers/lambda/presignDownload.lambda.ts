/** Signs the address of one file of a dataset. Whose it is was checked by the step before. */
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { whyNotReadable } from "../../core/dataset/archive.ts";
import { ENVIRONMENT } from "../../core/environment.ts";
import { PlotPaletteError } from "../../core/errors.ts";
import type { Download } from "../generated/schema.ts";
import { answering } from "./lambdaHandler.ts";
import { stateOfFile } from "./archive/archiveStatus.ts";
import { objectClient, setting } from "./clients.ts";

const DOWNLOAD_SECONDS = 15 * 60;

interface FileToPresign {
  key: string;
  jobName: string;
  file: string;
  /** Nobody knows yet whether there is such a file. */
  mayBeMissing?: boolean;
}

export const handler = answering(async ({ key, jobName, file, mayBeMissing }: FileToPresign): Promise<Download> => {
  // An address of an archived file would be good, and its download fail.
  const why = whyNotReadable(file, await stateOfFile(key).catch(mayBeMissing ? refuseMissing : rethrow));
  if (why) throw new PlotPaletteError("Conflict", why);
  const expiresAt = new Date(Date.now() + DOWNLOAD_SECONDS * 1_000).toISOString();
  const command = new GetObjectCommand({
    Bucket: setting(ENVIRONMENT.bucket),
    Key: key,
    ResponseContentDisposition: attachment(`${jobName} ${file.replaceAll("/", " ")}`),
  });
  return { url: await getSignedUrl(objectClient(), command, { expiresIn: DOWNLOAD_SECONDS }), expiresAt };
});

/** To those who may not list a bucket, S3 says of what is not there that it is forbidden. */
function refuseMissing(error: Error & { $metadata?: { httpStatusCode?: number } }): never {
  if (![403, 404].includes(error.$metadata?.httpStatusCode ?? 0)) throw error;
  throw new PlotPaletteError("NotFound", "There is no file of that name in a dataset of that job.");
}

function rethrow(error: Error): never {
  throw error;
}

/** A Content-Disposition that saves under `name`: plain ASCII for old browsers, UTF-8 (RFC 6266) for the rest. */
export function attachment(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9 ._-]+/g, "_").trim();
  const encoded = encodeURIComponent(name.replace(/[\u0000-\u001f\u007f/\\]/g, "_")).replace(/['()*]/g, percent);
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
