/** The task's credentials: its own role may only assume the job role, restricted to one owner and one job by session tags. */
import type { STSClient } from "@aws-sdk/client-sts";
import { AssumeRoleCommand } from "@aws-sdk/client-sts";
import type { AwsCredentialIdentity, AwsCredentialIdentityProvider } from "@smithy/types";

/** The maximum for a role assumed by a role (role chaining). */
const DURATION_SECONDS = 3_600;
const RENEW_BEFORE_MS = 300_000;

export interface JobIdentity {
  readonly roleArn: string;
  readonly owner: string;
  readonly jobId: string;
  readonly budgetId: string;
  readonly seedSetOwner: string;
}

/** All clients share one provider, so that the role is assumed once per hour, not once per client. */
export function jobCredentials(sts: STSClient, identity: JobIdentity): AwsCredentialIdentityProvider {
  let current: Promise<AwsCredentialIdentity> | undefined;
  let renewAtMs = 0;
  return async () => {
    if (!current || Date.now() >= renewAtMs) {
      renewAtMs = Infinity;
      current = assume(sts, identity).then((credentials) => {
        renewAtMs = (credentials.expiration?.getTime() ?? 0) - RENEW_BEFORE_MS;
        return credentials;
      });
      current.catch(() => (current = undefined));
    }
    return await current;
  };
}

async function assume(
  sts: STSClient,
  { roleArn, owner, jobId, budgetId, seedSetOwner }: JobIdentity,
): Promise<AwsCredentialIdentity> {
  const tags = { owner, job: jobId, budget: budgetId, seedOwner: seedSetOwner };
  const { Credentials } = await sts.send(
    new AssumeRoleCommand({
      RoleArn: roleArn,
      RoleSessionName: `job-${jobId}`.slice(0, 64),
      DurationSeconds: DURATION_SECONDS,
      Tags: Object.entries(tags).map(([Key, Value]) => ({ Key, Value })),
    }),
  );
  if (!Credentials?.AccessKeyId || !Credentials.SecretAccessKey)
    throw new Error(`Assuming ${roleArn} gave no credentials.`);
  return {
    accessKeyId: Credentials.AccessKeyId,
    secretAccessKey: Credentials.SecretAccessKey,
    sessionToken: Credentials.SessionToken,
    expiration: Credentials.Expiration,
  };
}
