/** Removing every object under a prefix. */
import { DeleteObjectsCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { ENVIRONMENT } from "../../core/environment.ts";
import { objectClient, setting } from "./clients.ts";

/** Twice is as good as once. @throws Error when an object could not be removed */
export async function purge(prefix: string): Promise<void> {
  const Bucket = setting(ENVIRONMENT.bucket);
  for (;;) {
    const { Contents = [], IsTruncated } = await objectClient().send(
      new ListObjectsV2Command({ Bucket, Prefix: prefix }),
    );
    if (Contents.length === 0) return;
    const Objects = Contents.map(({ Key }) => ({ Key }));
    const { Errors = [] } = await objectClient().send(
      new DeleteObjectsCommand({ Bucket, Delete: { Objects, Quiet: true } }),
    );
    if (Errors[0]) throw new Error(`${Errors[0].Key} could not be removed: ${Errors[0].Code} ${Errors[0].Message}`);
    if (!IsTruncated) return;
  }
}
