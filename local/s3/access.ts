/** What a caller may do with a bucket and its objects. */
import type { Access, Caller, Gate } from "../service.ts";
import type { Bucket } from "./bucket.ts";
import { accessDenied, noSuchKey } from "./errors.ts";

type Context = Access["context"];

export class BucketAccess {
  constructor(private readonly gate: Gate) {}

  /** @throws AwsError `AccessDenied` naming role, action and object */
  object(caller: Caller, action: string, bucket: Bucket, key: string, context?: Context): void {
    this.gate.authorize(caller, objectAccess(action, bucket, key, context));
  }

  /** @throws AwsError `AccessDenied` naming role, action and bucket */
  bucket(caller: Caller, action: string, bucket: Bucket, context?: Context): void {
    this.gate.authorize(caller, bucketAccess(action, bucket, context));
  }

  /** The secret of an access key, for signatures inside a body. */
  secretOf(accessKeyId: string): ReturnType<Gate["secretOf"]> {
    return this.gate.secretOf(accessKeyId);
  }

  /** Only callers that may list a bucket learn that an object does not exist; others are denied access. */
  missing(caller: Caller, bucket: Bucket, key: string): Error {
    return this.gate.allows(caller, bucketAccess("ListBucket", bucket)) ? noSuchKey(key) : accessDenied();
  }
}

function objectAccess(action: string, bucket: Bucket, key: string, context: Context): Access {
  return access(action, `${bucket.arn}/${key}`, bucket, context);
}

function bucketAccess(action: string, bucket: Bucket, context?: Context): Access {
  return access(action, bucket.arn, bucket, context);
}

function access(action: string, resource: string, { policy }: Bucket, context: Context): Access {
  return {
    action: `s3:${action}`,
    resource,
    ...(context && Object.keys(context).length > 0 && { context }),
    ...(policy && { resourcePolicy: policy }),
  };
}
