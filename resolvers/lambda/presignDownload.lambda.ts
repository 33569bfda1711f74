/** Signs the address of one file of a dataset. The previous step has checked its ownership. */
import { GetObjectCommand } from "@aws-sdk/client-s3";
import { getSignedUrl } from "@aws-sdk/s3-request-presigner";
import { whyNotReadable } from "../../core/dataset/archive.ts";
import { ENVIRONMENT } from "../../core/environment.ts";
import { PlotPaletteError } from "../../core/errors.ts";
import type { Download } from "../generated/schema.ts";
import { lambdaHandler } from "./lambdaHandler.ts";
import { fileArchiveStatus } from "./archive/archiveStatus.ts";
import { objectClient, setting } from "./clients.ts";

const DOWNLOAD_SECONDS = 15 * 60;

interface FileToPresign {
  key: string;
  jobName: string;
  file: string;
  /** The file's existence has not been checked. */
  mayBeMissing?: boolean;
}

export const handler = lambdaHandler(async ({ key, jobName, file, mayBeMissing }: FileToPresign): Promise<Download> => {
  // The address of an archived file would be valid, but its download would fail.
  const why = whyNotReadable(file, await fileArchiveStatus(key).catch(mayBeMissing ? throwNotFound : rethrow));
  if (why) throw new PlotPaletteError("Conflict", why);
  const expiresAt = new Date(Date.now() + DOWNLOAD_SECONDS * 1_000).toISOString();
  const command = new GetObjectCommand({
    Bucket: setting(ENVIRONMENT.bucket),
    Key: key,
    ResponseContentDisposition: attachment(`${jobName} ${file.replaceAll("/", " ")}`),
  });
  return { url: await getSignedUrl(objectClient(), command, { expiresIn: DOWNLOAD_SECONDS }), expiresAt };
});

/** S3 reports a missing object as forbidden to callers who may not list the bucket. */
function throwNotFound(error: Error & { $metadata?: { httpStatusCode?: number } }): never {
  if (![403, 404].includes(error.$metadata?.httpStatusCode ?? 0)) throw error;
  throw new PlotPaletteError("NotFound", "There is no file with that name in that job's dataset.");
}

function rethrow(error: Error): never {
  throw error;
}

/** A Content-Disposition that saves as `name`: plain ASCII for old browsers, UTF-8 (RFC 6266) for the rest. */
export function attachment(name: string): string {
  const plain = name.replace(/[^A-Za-z0-9 ._-]+/g, "_").trim();
  const encoded = encodeURIComponent(name.replace(/[\u0000-\u001f\u007f/\\]/g, "_")).replace(/['()*]/g, percent);
  return `attachment; filename="${plain}"; filename*=UTF-8''${encoded}`;
}

function percent(character: string): string {
  return `%${character.charCodeAt(0).toString(16).toUpperCase()}`;
}
