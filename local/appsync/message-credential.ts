/** Credentials inside WebSocket messages: headers as JSON, signed as if the message were an HTTP request. */
import type { Gate } from "../service.ts";
import type { Credential } from "./caller.ts";

/** A WebSocket message is signed as if it were a POST of `body` to `path`. */
export function messageCredential(
  path: string,
  headers: Record<string, string>,
  body: string,
  sourceIp: readonly string[],
): Credential {
  const checkSignature = (gate: Gate) => gate.verify({ method: "POST", path, query: "", headers, body }, "appsync");
  return { headers, sourceIp, checkSignature };
}

/** @returns the string entries, by lowercase name */
export function lowerCaseHeaders(headers: unknown): Record<string, string> {
  const entries = Object.entries((headers as Record<string, unknown> | null) ?? {});
  return Object.fromEntries(
    entries
      .filter(([, value]) => typeof value === "string")
      .map(([name, value]) => [name.toLowerCase(), String(value)]),
  );
}
