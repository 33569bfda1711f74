/** Removes objects under a prefix: all of them, or some. */
import { DeleteObjectsCommand, ListObjectsV2Command } from "@aws-sdk/client-s3";
import { ENVIRONMENT } from "../../core/environment.ts";
import { objectClient, setting } from "./clients.ts";

/** Idempotent. @throws Error when an object could not be removed */
export async function purge(prefix: string): Promise<void> {
  const Bucket = setting(ENVIRONMENT.bucket);
  for (;;) {
    const { Contents = [], IsTruncated } = await objectClient().send(
      new ListObjectsV2Command({ Bucket, Prefix: prefix }),
    );
    if (Contents.length === 0) return;
    await removeObjects(Contents.map(({ Key }) => Key ?? ""));
    if (!IsTruncated) return;
  }
}

/** Removes the objects that are orphans. Idempotent. @throws Error when an object could not be removed */
export async function purgeSome(prefix: string, isOrphan: (name: string) => boolean): Promise<void> {
  const Bucket = setting(ENVIRONMENT.bucket);
  let ContinuationToken: string | undefined;
  do {
    const page = await objectClient().send(new ListObjectsV2Command({ Bucket, Prefix: prefix, ContinuationToken }));
    const names = (page.Contents ?? []).map(({ Key }) => Key ?? "").filter(isOrphan);
    if (names.length > 0) await removeObjects(names);
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken);
}

async function removeObjects(names: readonly string[]): Promise<void> {
  const Delete = { Objects: names.map((Key) => ({ Key })), Quiet: true };
  const { Errors = [] } = await objectClient().send(
    new DeleteObjectsCommand({ Bucket: setting(ENVIRONMENT.bucket), Delete }),
  );
  if (Errors[0]) throw new Error(`${Errors[0].Key} could not be removed: ${Errors[0].Code} ${Errors[0].Message}`);
}
