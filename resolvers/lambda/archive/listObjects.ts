/** The objects under a prefix with their archive status, 1,000 at a time. */
import { ListObjectsV2Command, type ListObjectsV2CommandOutput } from "@aws-sdk/client-s3";
import type { StoredObject } from "../../../core/dataset/archive.ts";
import { ENVIRONMENT } from "../../../core/environment.ts";
import { objectClient, setting } from "../clients.ts";

export async function* listObjects(prefix: string): AsyncGenerator<(StoredObject & { readonly key: string })[]> {
  let ContinuationToken: string | undefined;
  do {
    const page: ListObjectsV2CommandOutput = await objectClient().send(
      new ListObjectsV2Command({
        Bucket: setting(ENVIRONMENT.bucket),
        Prefix: prefix,
        OptionalObjectAttributes: ["RestoreStatus"],
        ContinuationToken,
      }),
    );
    yield (page.Contents ?? []).map(({ Key = "", StorageClass, RestoreStatus }) => ({
      key: Key,
      storageClass: StorageClass,
      isBeingRestored: RestoreStatus?.IsRestoreInProgress ?? false,
      restoredUntil: RestoreStatus?.RestoreExpiryDate?.toISOString(),
    }));
    ContinuationToken = page.NextContinuationToken;
  } while (ContinuationToken);
}
