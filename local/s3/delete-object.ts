/** DeleteObject and DeleteObjects. */
import { AwsError } from "../service.ts";
import type { BucketAccess } from "./access.ts";
import { receiveDocument } from "./body.ts";
import { checkWrite, conditionsOf } from "./conditions.ts";
import { sendEmpty, sendXml } from "./request.ts";
import type { BucketRequest, ObjectRequest } from "./request.ts";
import { malformedXml, parseXml } from "./xml.ts";
import type { XmlElements } from "./xml.ts";

const MAX_KEYS = 1000;

/** Deleting a missing object succeeds. */
export async function deleteObject(
  access: BucketAccess,
  { request, response, bucket, key, caller }: ObjectRequest,
): Promise<void> {
  access.object(caller, "DeleteObject", bucket, key);
  checkWrite(conditionsOf(request.headers), key, bucket.objects.get(key));
  bucket.objects.remove(key);
  sendEmpty(response, 204);
}

/** Each key is authorized and reported separately. */
export async function deleteObjects(access: BucketAccess, context: BucketRequest): Promise<void> {
  const { request, response, caller } = context;
  const secretAccessKey = access.secretOf(caller.accessKeyId)?.secretAccessKey;
  const document = parseXml(await receiveDocument(request, { secretAccessKey }), "Delete");
  const entries = (document.Object ?? []) as { Key?: string; ETag?: string }[];
  if (entries.length === 0 || entries.length > MAX_KEYS) throw malformedXml();
  const outcomes = entries.map((entry) => deleteOne(access, context, entry));
  const quiet = document.Quiet === "true";
  sendXml(response, "DeleteResult", {
    Deleted: quiet ? [] : outcomes.filter((outcome) => !outcome.failed).map((outcome) => outcome.element),
    Error: outcomes.filter((outcome) => outcome.failed).map((outcome) => outcome.element),
  });
}

function deleteOne(
  access: BucketAccess,
  { bucket, caller }: BucketRequest,
  { Key: key, ETag: ifMatch }: { Key?: string; ETag?: string },
): { failed: boolean; element: XmlElements } {
  if (key === undefined) throw malformedXml();
  try {
    access.object(caller, "DeleteObject", bucket, key);
    checkWrite({ ifMatch }, key, bucket.objects.get(key));
    bucket.objects.remove(key);
    return { failed: false, element: { Key: key } };
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    const code = error.code === "AccessDeniedException" ? "AccessDenied" : error.code;
    return { failed: true, element: { Key: key, Code: code, Message: error.message } };
  }
}
