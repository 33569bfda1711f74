/**
 * Who may call a server of the local cloud. Loopback keeps other machines out, but not the pages that are open in this machine's
 * browser: any of them can send requests here, under its own origin or, by DNS rebinding, under its own host name.
 */
import type { IncomingMessage } from "node:http";

/** Any port: a rebound page has its own host name, and a proxy in front of a service keeps the host that was signed. */
const LOOPBACK_HOST = /^(127\.0\.0\.1|localhost|\[::1\])(:\d+)?$/i;

/**
 * Why a request must not be answered; `undefined` when it may be.
 * @param origins whose pages may call. SDKs and command lines send no Origin; browsers add it to whatever a page may read or change.
 */
export function foreignCaller(request: IncomingMessage, origins: ReadonlySet<string>): string | undefined {
  // HTTP/2 has the host in `:authority`.
  const host = String(request.headers.host ?? request.headers[":authority"] ?? "");
  if (!LOOPBACK_HOST.test(host)) {
    return `The local cloud answers to 127.0.0.1 and localhost only, not to "${host}"; use one of these names.`;
  }
  const { origin } = request.headers;
  if (origin === undefined || origins.has(origin)) return undefined;
  return `A page of ${origin} may not call the local cloud; only its own website may.`;
}

/** The origins of a site, by either name that a person may type. */
export function originsOf(siteUrl: string): string[] {
  const { port } = new URL(siteUrl);
  return [`http://127.0.0.1:${port}`, `http://localhost:${port}`];
}
