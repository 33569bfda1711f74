/** Cross-origin requests by the bucket's CorsConfiguration: only what a rule allows. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { AwsError } from "../service.ts";
import type { Bucket } from "./bucket.ts";
import type { CorsRule } from "./cors-rules.ts";
import { header, sendEmpty } from "./request.ts";

/** Answers a preflight. @throws AwsError 403 `AccessForbidden` when no rule allows the request */
export function answerPreflight(bucket: Bucket, request: IncomingMessage, response: ServerResponse): void {
  const origin = header(request, "origin");
  const method = header(request, "access-control-request-method");
  if (!origin || !method)
    throw new AwsError(400, "BadRequest", "Insufficient information. Origin request header needed.");
  const requestedHeaders = (header(request, "access-control-request-headers") ?? "")
    .split(",")
    .map((name) => name.trim().toLowerCase())
    .filter((name) => name !== "");
  const rule = bucket.cors.find(
    (candidate) =>
      allows(candidate, origin, method) && requestedHeaders.every((name) => matchesAny(candidate.headers, name)),
  );
  if (!rule) {
    const reason =
      bucket.cors.length === 0 ? "CORS is not enabled for this bucket." : "This CORS request is not allowed.";
    throw new AwsError(
      403,
      "AccessForbidden",
      `CORSResponse: ${reason} No rule allows ${method} from ${origin} with these headers.`,
    );
  }
  sendEmpty(response, 200, {
    ...corsHeaders(rule, origin),
    ...(requestedHeaders.length > 0 && { "access-control-allow-headers": requestedHeaders.join(", ") }),
    ...(rule.maxAgeSeconds !== undefined && { "access-control-max-age": String(rule.maxAgeSeconds) }),
    "content-length": "0",
  });
}

/** Sets the headers that let a page read the response, including errors, when a rule allows its origin. */
export function setCorsHeaders(bucket: Bucket, request: IncomingMessage, response: ServerResponse): void {
  const origin = header(request, "origin");
  if (!origin) return;
  const rule = bucket.cors.find((candidate) => allows(candidate, origin, request.method ?? ""));
  if (!rule) return;
  for (const [name, value] of Object.entries(corsHeaders(rule, origin))) response.setHeader(name, value);
}

function corsHeaders(rule: CorsRule, origin: string): Record<string, string> {
  const anyOrigin = rule.origins.includes("*");
  return {
    "access-control-allow-origin": anyOrigin ? "*" : origin,
    "access-control-allow-methods": rule.methods.join(", "),
    ...(!anyOrigin && { "access-control-allow-credentials": "true" }),
    ...(rule.exposed.length > 0 && { "access-control-expose-headers": rule.exposed.join(", ") }),
    vary: "Origin, Access-Control-Request-Headers, Access-Control-Request-Method",
  };
}

function allows(rule: CorsRule, origin: string, method: string): boolean {
  return rule.methods.includes(method) && matchesAny(rule.origins, origin);
}

/** A pattern may contain one `*`. */
function matchesAny(patterns: readonly string[], text: string): boolean {
  return patterns.some((pattern) => {
    const [before = "", after] = pattern.split("*");
    if (after === undefined) return pattern === text;
    return text.length >= before.length + after.length && text.startsWith(before) && text.endsWith(after);
  });
}
