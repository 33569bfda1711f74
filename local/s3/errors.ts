/** S3's errors. */
import type { ServerResponse } from "node:http";
import { AwsError } from "../service.ts";
import { xmlDocument } from "./xml.ts";
import type { XmlElements } from "./xml.ts";

export function noSuchBucket(bucket: string): AwsError {
  return new AwsError(404, "NoSuchBucket", "The specified bucket does not exist", { BucketName: bucket });
}

export function noSuchKey(key: string): AwsError {
  return new AwsError(404, "NoSuchKey", "The specified key does not exist.", { Key: key });
}

export function noSuchUpload(uploadId: string): AwsError {
  return new AwsError(
    404,
    "NoSuchUpload",
    "The specified upload does not exist. The upload ID may be invalid, or the upload may have been aborted or completed.",
    { UploadId: uploadId },
  );
}

export function preconditionFailed(condition: string): AwsError {
  return new AwsError(412, "PreconditionFailed", "At least one of the pre-conditions you specified did not hold", {
    Condition: condition,
  });
}

export function accessDenied(message = "Access Denied"): AwsError {
  return new AwsError(403, "AccessDenied", message);
}

export function invalidRequest(message: string): AwsError {
  return new AwsError(400, "InvalidRequest", message);
}

export function invalidArgument(message: string, name: string, value: string): AwsError {
  return new AwsError(400, "InvalidArgument", message, { ArgumentName: name, ArgumentValue: value });
}

export function badDigest(message: string): AwsError {
  return new AwsError(400, "BadDigest", message);
}

export function notImplemented(what: string): AwsError {
  return new AwsError(
    501,
    "NotImplemented",
    `${what} is not supported here; buckets are configured by their template.`,
  );
}

/** Sends an error in S3's XML. Any error but an AwsError is an internal one, whose details are not sent. */
export function sendError(response: ServerResponse, error: unknown, requestId: string, headOnly: boolean): void {
  const known =
    error instanceof AwsError
      ? error
      : new AwsError(500, "InternalError", "We encountered an internal error. Please try again.");
  const code = known.code === "AccessDeniedException" ? "AccessDenied" : known.code;
  const body = xmlDocument(
    "Error",
    { Code: code, Message: known.message, ...(known.extra as XmlElements), RequestId: requestId },
    "",
  );
  response.writeHead(known.status, {
    "content-type": "application/xml",
    "content-length": headOnly ? 0 : Buffer.byteLength(body),
  });
  response.end(headOnly ? undefined : body);
}
