/** Reports progress through the API, signed with the task's credentials. */
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import type { AwsCredentialIdentityProvider } from "@smithy/types";
import type { ShardReport } from "#core/shard/shard-row";
import { sleep, type Control, type Reporter } from "../ports.ts";
import { REPORT_PROGRESS } from "#core/reports";
import { systemClock } from "./system-clock.ts";

const TIMEOUT_MS = 5_000;
/** A grant or a lease may be writing the shard's row at the same instant. */
const MAX_CONFLICT_ATTEMPTS = 5;
const CONFLICT_PAUSE_MS = 100;

export interface AppSyncOptions {
  readonly url: string;
  readonly region: string;
  readonly credentials: AwsCredentialIdentityProvider;
  readonly jobId: string;
}

export class AppSyncReporter implements Reporter {
  readonly #signer: SignatureV4;

  constructor(readonly options: AppSyncOptions) {
    const { region, credentials } = options;
    this.#signer = new SignatureV4({ service: "appsync", region, credentials, sha256: Sha256 });
  }

  async report(shardNo?: number, shard?: Omit<ShardReport, "reportedAt">): Promise<Control> {
    const input = { jobId: this.options.jobId, shard: shard && { shardNo, ...shard } };
    const body = JSON.stringify({ query: REPORT_PROGRESS, variables: { input } });
    for (let attempt = 1; ; attempt++) {
      const { text, status } = await this.#send(body);
      if (attempt === MAX_CONFLICT_ATTEMPTS || !isConflict(text)) return controlOf(text, status);
      await sleep(systemClock, CONFLICT_PAUSE_MS * attempt * Math.random());
    }
  }

  async #send(body: string): Promise<{ text: string; status: number }> {
    const { hostname, host, pathname, protocol, href } = new URL(this.options.url);
    const headers = { "content-type": "application/json", host };
    const signed = await this.#signer.sign({
      method: "POST",
      protocol,
      hostname,
      path: pathname,
      headers,
      body,
      query: {},
    });
    const response = await fetch(href, {
      method: "POST",
      headers: signed.headers,
      body,
      signal: AbortSignal.timeout(TIMEOUT_MS),
    });
    return { text: await response.text(), status: response.status };
  }
}

function isConflict(text: string): boolean {
  const { errors } = JSON.parse(text) as { errors?: { errorType?: string }[] };
  return errors?.[0]?.errorType === "Conflict";
}

function controlOf(text: string, status: number): Control {
  const { data, errors } = JSON.parse(text) as { data?: { reportProgress?: Control }; errors?: { message: string }[] };
  const control = data?.reportProgress;
  if (!control)
    throw new Error(`The API rejected the report (HTTP ${status}): ${errors?.[0]?.message ?? text.slice(0, 200)}`);
  return control;
}
