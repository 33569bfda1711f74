/**
 * The environment variables that infra sets and that functions and the worker read. Only infra, resolvers and worker may
 * import this file.
 */
export const ENVIRONMENT = {
  jobsTable: "JOBS_TABLE",
  fleetTable: "FLEET_TABLE",
  templatesTable: "TEMPLATES_TABLE",
  seedSetsTable: "SEED_SETS_TABLE",
  bucket: "BUCKET",
  graphqlUrl: "GRAPHQL_URL",
  /** Functions that read templates: the ids of the allowed models, comma-separated. */
  models: "ALLOWED_MODELS",
  /** The same functions: set when a server other than Bedrock answers for the models that tiers resolve to. */
  tiersAreStandIns: "TIERS_ARE_STAND_INS",
  /** The API: its region, and the indexes of the allowed models in MODELS, comma-separated. */
  region: "REGION",
  modelIndexes: "ALLOWED_MODEL_INDEXES",
  /** Dispatcher: what it needs to start tasks. */
  cluster: "CLUSTER_ARN",
  taskDefinition: "TASK_DEFINITION_ARN",
  subnets: "SUBNET_IDS",
  securityGroup: "SECURITY_GROUP_ID",
  containerName: "CONTAINER_NAME",
  /** Dispatcher: how many tasks may run, per owner and overall. */
  maxTasksPerOwner: "MAX_TASKS_PER_OWNER",
  maxTasks: "MAX_TASKS",
  /** createJob's check: the tasks a job may have, as JSON of `TaskLimits`. */
  taskLimits: "TASK_LIMITS",
  /** Worker: the role it assumes, scoped to one owner and job by session tags. */
  jobRole: "JOB_ROLE_ARN",
  /** Worker, set by the dispatcher for each task. */
  jobId: "JOB_ID",
  owner: "OWNER",
  budgetId: "BUDGET_ID",
  seedSetOwner: "SEED_SET_OWNER",
  taskSlot: "TASK_SLOT",
  /** Worker: the most calls in flight, by task size. */
  concurrency: "CONCURRENCY",
  /** Worker: read by Node itself, for its heap size. */
  nodeOptions: "NODE_OPTIONS",
  /** Worker: the account's per-minute quotas, as JSON of `ModelLimits` by model id; absent when not configured. */
  modelLimits: "MODEL_LIMITS",
} as const;

/** The value of a variable. @throws Error naming the variable when it is not set: the stacks and the code disagree */
export function required(name: string, env: Readonly<Record<string, string | undefined>>): string {
  const value = env[name];
  if (!value)
    throw new Error(`The environment variable ${name} is not set; the stack that starts this program must set it.`);
  return value;
}
