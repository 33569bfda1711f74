/** SDK clients that act as a data source's service role. */
import type { Gate } from "../../service.ts";

/** Long enough for any call in flight. */
const RENEW_BEFORE_MS = 60_000;

export interface SdkCredentials {
  readonly accessKeyId: string;
  readonly secretAccessKey: string;
  readonly sessionToken: string;
}

export interface RoleClientOptions<Client> {
  readonly gate: Gate;
  readonly roleArn: string;
  readonly now: () => number;
  readonly connect: (credentials: SdkCredentials) => Client;
}

/**
 * A client with fresh credentials. The SDK would renew them by the machine's clock, but the cloud's may be ahead of it, so each
 * set of credentials gets a client of its own.
 */
export class RoleClient<Client extends { destroy(): void }> {
  readonly #clients: Client[] = [];
  #goodUntilMs = 0;

  constructor(readonly options: RoleClientOptions<Client>) {}

  get(): Client {
    const { gate, roleArn, now, connect } = this.options;
    const current = this.#clients.at(-1);
    if (current && now() < this.#goodUntilMs) return current;
    const { expiresAtMs, ...credentials } = gate.issue(roleArn, "APPSYNC_ASSUME_ROLE", {
      service: "appsync.amazonaws.com",
    });
    this.#goodUntilMs = expiresAtMs - RENEW_BEFORE_MS;
    const client = connect(credentials);
    // The previous client may have calls in flight; it is closed at the end.
    this.#clients.push(client);
    return client;
  }

  close(): void {
    for (const client of this.#clients.splice(0)) client.destroy();
  }
}
