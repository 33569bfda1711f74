/** Calls our own API from a function: a POST signed with the function's role. */
import { Sha256 } from "@aws-crypto/sha256-js";
import { fromEnv } from "@aws-sdk/credential-providers";
import { SignatureV4 } from "@smithy/signature-v4";
import { ENVIRONMENT } from "../../core/environment.ts";
import { setting } from "./clients.ts";

/** @throws Error when the API cannot be reached or responds with errors */
export async function callApi(query: string, variables: object): Promise<void> {
  const url = new URL(setting(ENVIRONMENT.graphqlUrl));
  const body = JSON.stringify({ query, variables });
  const signer = new SignatureV4({
    service: "appsync",
    region: setting("AWS_REGION"),
    credentials: fromEnv(),
    sha256: Sha256,
  });
  const signed = await signer.sign({
    method: "POST",
    protocol: url.protocol,
    hostname: url.hostname,
    port: url.port === "" ? undefined : Number(url.port),
    path: url.pathname,
    headers: { host: url.host, "content-type": "application/json" },
    body,
  });
  const response = await fetch(url, { method: "POST", headers: signed.headers, body });
  const answer = (await response.json()) as { errors?: { message: string }[] };
  if (!response.ok || answer.errors?.[0])
    throw new Error(`The API responded ${response.status} to a report: ${answer.errors?.[0]?.message ?? "no reason"}`);
}
