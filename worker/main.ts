/** A Fargate task: works on one job until there is nothing left for it to do. SIGTERM is a normal way to end. */
import { Logger } from "@aws-lambda-powertools/logger";
import { DynamoDBClient } from "@aws-sdk/client-dynamodb";
import { S3Client } from "@aws-sdk/client-s3";
import { STSClient } from "@aws-sdk/client-sts";
import { ENVIRONMENT, required } from "#core/environment";
import { LEASE_MS } from "#core/shard/lease";
import { MAX_WINDOW_SLOTS } from "#core/shard/window";
import { AppSyncReporter } from "./adapters/appsync-reporter.ts";
import { BedrockModel } from "./adapters/bedrock-model.ts";
import { CONNECTIONS } from "./adapters/connections.ts";
import { jobCredentials } from "./adapters/credentials.ts";
import { DynamoDbStore } from "./adapters/dynamodb-store.ts";
import { S3Objects } from "./adapters/s3-objects.ts";
import { systemClock } from "./adapters/system-clock.ts";
import type { Ports, Settings } from "./ports.ts";
import { runTask } from "./task.ts";

const FLUSH_MS = 1_000;
/** Well inside the 120 s that ECS leaves between SIGTERM and SIGKILL. */
const DRAIN_MS = 90_000;
/**
 * For the table and the bucket: a worker that gives up on them forfeits its grant. Every write is conditional or carries a
 * token, so retries are safe; timeouts detect dead connections instead of waiting for them.
 */
const MAX_ATTEMPTS = 8;
const TIMEOUTS = { connectionTimeout: 5_000, requestTimeout: 20_000, throwOnRequestTimeout: true };

const logger = new Logger({ serviceName: "worker" });
const stopping = new AbortController();
for (const name of ["SIGTERM", "SIGINT"] as const) process.on(name, () => stopping.abort());

try {
  const settings = settingsFrom(process.env);
  logger.appendKeys({ jobId: settings.jobId, task: settings.task });
  logger.info("The worker started.");
  await runTask(portsFrom(process.env, settings), settings, stopping.signal);
  process.exit(0);
} catch (error) {
  logger.error("The worker stopped on an unexpected error.", error as Error);
  process.exit(1);
}

function settingsFrom(env: NodeJS.ProcessEnv): Settings {
  return {
    jobId: required(ENVIRONMENT.jobId, env),
    seedSetOwner: required(ENVIRONMENT.seedSetOwner, env),
    task: required(ENVIRONMENT.taskSlot, env),
    concurrency: Number(required(ENVIRONMENT.concurrency, env)),
    windowSlots: MAX_WINDOW_SLOTS,
    modelLimits: modelLimitsFrom(env[ENVIRONMENT.modelLimits]),
    leaseMs: LEASE_MS,
    flushIntervalMs: FLUSH_MS,
    drainTimeoutMs: DRAIN_MS,
  };
}

function modelLimitsFrom(json: string | undefined): Settings["modelLimits"] {
  return json ? (JSON.parse(json) as Settings["modelLimits"]) : undefined;
}

function portsFrom(env: NodeJS.ProcessEnv, { jobId, seedSetOwner }: Settings): Ports {
  const credentials = jobCredentials(new STSClient({}), {
    roleArn: required(ENVIRONMENT.jobRole, env),
    owner: required(ENVIRONMENT.owner, env),
    jobId,
    budgetId: required(ENVIRONMENT.budgetId, env),
    seedSetOwner,
  });
  const url = required(ENVIRONMENT.graphqlUrl, env);
  const tables = new DynamoDBClient({ credentials, maxAttempts: MAX_ATTEMPTS, requestHandler: TIMEOUTS });
  const bucket = new S3Client({
    credentials,
    maxAttempts: MAX_ATTEMPTS,
    requestHandler: { ...TIMEOUTS, ...CONNECTIONS },
  });
  return {
    store: new DynamoDbStore(tables, required(ENVIRONMENT.jobsTable, env)),
    objects: new S3Objects(bucket, required(ENVIRONMENT.bucket, env)),
    model: new BedrockModel({ credentials }),
    reporter: new AppSyncReporter({ url, region: required("AWS_REGION", env), credentials, jobId }),
    clock: systemClock,
    log: {
      info: (message, fields) => logger.info(message, { ...fields }),
      warn: (message, fields) => logger.warn(message, { ...fields }),
    },
    random: Math.random,
  };
}
