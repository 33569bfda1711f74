import { randomBytes } from "node:crypto";
import type { Caller, Clock, Credentials } from "../service.ts";
import type { Statement } from "./policy.ts";
import type { Role } from "./roles.ts";

/** The holder of an access key. */
export interface Session {
  readonly caller: Caller;
  readonly credentials: Credentials;
  /** Tags that sessions assumed from this one inherit. */
  readonly transitiveTags: Readonly<Record<string, string>>;
  /** Restricts the session beyond its role's policies. */
  readonly sessionPolicy?: readonly Statement[];
}

export interface SessionOptions {
  readonly name: string;
  readonly durationSeconds: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly transitiveTags?: Readonly<Record<string, string>>;
  readonly sessionPolicy?: readonly Statement[];
}

/** How many new sessions trigger a cleanup of expired ones. */
const SWEEP_EVERY = 1_000;

/** The cloud's access keys. They live as long as the cloud does, since their holders restart with it. */
export class Sessions {
  /** The account's root user: the operator. */
  readonly root: Session;
  private readonly byKey = new Map<string, Session>();
  private opened = 0;

  constructor(
    private readonly accountId: string,
    private readonly clock: Clock,
  ) {
    const credentials = freshCredentials("AKIA", Number.MAX_SAFE_INTEGER);
    const principalArn = `arn:aws:iam::${accountId}:root`;
    const caller = { accessKeyId: credentials.accessKeyId, principalArn, tags: {} };
    this.root = { credentials, transitiveTags: {}, caller };
    this.byKey.set(credentials.accessKeyId, this.root);
  }

  /** Includes expired ones until they are cleaned up. */
  get(accessKeyId: string): Session | undefined {
    return this.byKey.get(accessKeyId);
  }

  hasExpired({ credentials }: Session): boolean {
    return credentials.expiresAtMs <= this.clock.now();
  }

  open(role: Role, { name, durationSeconds, tags, transitiveTags = {}, sessionPolicy }: SessionOptions): Session {
    const credentials = freshCredentials("ASIA", this.clock.now() + durationSeconds * 1000);
    const session: Session = {
      credentials,
      transitiveTags,
      ...(sessionPolicy && { sessionPolicy }),
      caller: {
        accessKeyId: credentials.accessKeyId,
        roleArn: role.arn,
        principalArn: `arn:aws:sts::${this.accountId}:assumed-role/${role.name}/${name}`,
        tags: { ...role.tags, ...tags },
      },
    };
    this.sweep();
    this.byKey.set(credentials.accessKeyId, session);
    return session;
  }

  private sweep(): void {
    this.opened += 1;
    if (this.opened % SWEEP_EVERY !== 0) return;
    for (const [key, session] of this.byKey) {
      if (this.hasExpired(session)) this.byKey.delete(key);
    }
  }
}

function freshCredentials(prefix: "AKIA" | "ASIA", expiresAtMs: number): Credentials {
  return {
    accessKeyId: prefix + randomBytes(8).toString("hex").toUpperCase(),
    secretAccessKey: randomBytes(30).toString("base64"),
    sessionToken: randomBytes(64).toString("base64"),
    expiresAtMs,
  };
}
