/** Checks the files of a new seed set, and signs an upload form for each. */
import { createPresignedPost } from "@aws-sdk/s3-presigned-post";
import { ENVIRONMENT } from "../../core/environment.ts";
import { uploadObject } from "../../core/bucket.ts";
import { checkFiles, MAX_SEED_FILE_BYTES, type UploadedSeedFile } from "../../core/seeds/seed-set.ts";
import type { CreateSeedSetInput, PresignedPost } from "../generated/schema.ts";
import { lambdaHandler } from "./lambdaHandler.ts";
import { objectClient, setting } from "./clients.ts";

const UPLOAD_SECONDS = 15 * 60;

export interface UploadsToPresign {
  owner: string;
  seedSetId: string;
  input: CreateSeedSetInput;
}

export interface PresignedUploads {
  files: UploadedSeedFile[];
  uploads: PresignedPost[];
}

export const handler = lambdaHandler(
  async ({ owner, seedSetId, input }: UploadsToPresign): Promise<PresignedUploads> => {
    const files = checkFiles(input);
    const uploads = await Promise.all(
      files.map((file) => presign(uploadObject(owner, seedSetId, file.upload), file.collection)),
    );
    return { files, uploads };
  },
);

/** A form for exactly that object: S3 itself rejects another key, an empty file and one over the limit. */
async function presign(key: string, collection: string): Promise<PresignedPost> {
  const { url, fields } = await createPresignedPost(objectClient(), {
    Bucket: setting(ENVIRONMENT.bucket),
    Key: key,
    Conditions: [["content-length-range", 1, MAX_SEED_FILE_BYTES]],
    Expires: UPLOAD_SECONDS,
  });
  return { collection, url, fields: Object.entries(fields).map(([name, value]) => ({ name, value })) };
}
