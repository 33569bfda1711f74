/** Responses in DynamoDB's JSON 1.0 protocol. */
import { randomUUID } from "node:crypto";
import type { ServerResponse } from "node:http";
import { crc32 } from "node:zlib";
import { AwsError } from "../service.ts";

const MODEL_NAMESPACE = "com.amazonaws.dynamodb.v20120810";
/** Errors from the layers in front of DynamoDB have another namespace. */
const OTHER_NAMESPACES: Readonly<Record<string, string>> = {
  ValidationException: "com.amazon.coral.validate",
  SerializationException: "com.amazon.coral.service",
  UnknownOperationException: "com.amazon.coral.service",
  AccessDeniedException: "com.amazon.coral.service",
  UnrecognizedClientException: "com.amazon.coral.service",
  ExpiredTokenException: "com.amazon.coral.service",
  InvalidSignatureException: "com.amazon.coral.service",
  MissingAuthenticationToken: "com.amazon.coral.service",
  IncompleteSignature: "com.amazon.coral.service",
  RequestEntityTooLargeException: "com.amazon.coral.service",
};
/** The only error whose `Message` is capitalized on the wire. */
const CAPITAL_MESSAGE = "TransactionCanceledException";

export function sendResult(response: ServerResponse, result: object): void {
  send(response, 200, result);
}

/** DynamoDB answers every client error with 400, including missing permissions; only a body that is too large is a 413. */
export function sendError(response: ServerResponse, error: unknown): void {
  if (!(error instanceof AwsError)) {
    send(response, 500, { __type: `${MODEL_NAMESPACE}#InternalServerError`, message: "Internal server error" });
    return;
  }
  const namespace = OTHER_NAMESPACES[error.code] ?? MODEL_NAMESPACE;
  const message = error.code === CAPITAL_MESSAGE ? { Message: error.message } : { message: error.message };
  send(response, error.status >= 500 || error.status === 413 ? error.status : 400, {
    __type: `${namespace}#${error.code}`,
    ...message,
    ...error.extra,
  });
}

function send(response: ServerResponse, status: number, body: object): void {
  const bytes = Buffer.from(JSON.stringify(body));
  response.writeHead(status, {
    "content-type": "application/x-amz-json-1.0",
    "content-length": bytes.length,
    "x-amzn-requestid": randomUUID(),
    "x-amz-crc32": crc32(bytes),
  });
  response.end(bytes);
}
