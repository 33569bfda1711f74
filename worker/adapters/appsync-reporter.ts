/** Progress over the API, signed with the task's credentials. */
import { Sha256 } from "@aws-crypto/sha256-js";
import { SignatureV4 } from "@smithy/signature-v4";
import type { AwsCredentialIdentityProvider } from "@smithy/types";
import type { ShardReport } from "#core/rows";
import type { Control, Reporter } from "../ports.ts";
import { REPORT_PROGRESS } from "./report-progress.ts";

const TIMEOUT_MS = 5_000;

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
    const { hostname, host, pathname, protocol, href } = new URL(this.options.url);
    const headers = { "content-type": "application/json", host };
    const signed = await this.#signer.sign({ method: "POST", protocol, hostname, path: pathname, headers, body, query: {} });
    const response = await fetch(href, { method: "POST", headers: signed.headers, body, signal: AbortSignal.timeout(TIMEOUT_MS) });
    return controlOf(await response.text(), response.status);
  }
}

function controlOf(text: string, status: number): Control {
  const { data, errors } = JSON.parse(text) as { data?: { reportProgress?: Control }; errors?: { message: string }[] };
  const told = data?.reportProgress;
  if (!told) throw new Error(`The API did not take the report (HTTP ${status}): ${errors?.[0]?.message ?? text.slice(0, 200)}`);
  return told;
}
