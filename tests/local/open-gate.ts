import type { Access, Caller, CloudContext, Gate } from "../../local/service.ts";

/** A gate that allows everything and records the accesses: services are tested without IAM. */
export function openGate(): Gate & { readonly asked: Access[] } {
  const asked: Access[] = [];
  const operator: Caller = { accessKeyId: "AKIAOPERATOR", principalArn: "arn:aws:iam::000000000000:root", tags: {} };
  const credentials = (accessKeyId: string) => ({
    accessKeyId,
    secretAccessKey: "secret",
    sessionToken: "token",
    expiresAtMs: Number.MAX_SAFE_INTEGER,
  });
  return {
    asked,
    authenticate: () => operator,
    verify: () => operator,
    secretOf: () => ({ secretAccessKey: "secret", caller: operator }),
    authorize: (_caller, ...accesses) => void asked.push(...accesses),
    allows: () => true,
    issue: (_roleArn, sessionName) => credentials(`ASIA${sessionName}`),
    operator: () => credentials("AKIAOPERATOR"),
  };
}

/** A context for one service under test; the caller overrides what its test needs. */
export function testContext(folder: string, overrides: Partial<CloudContext> = {}): CloudContext {
  const endpoints: Record<string, string> = {};
  return {
    region: "us-east-1",
    accountId: "000000000000",
    folder,
    clock: { now: () => Date.now() },
    gate: openGate(),
    endpoints,
    origins: new Set(),
    environment: () => ({ AWS_REGION: "us-east-1" }),
    publish: () => undefined,
    assetFolder: (name) => {
      throw new Error(`This test has no asset ${name}`);
    },
    invoke: async () => undefined,
    log: () => undefined,
    ...overrides,
  };
}
