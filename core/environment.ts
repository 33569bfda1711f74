/**
 * The environment variables that infra sets and that functions and the worker read. Shared by infra, resolvers and worker;
 * nobody else may import it.
 */
export const ENVIRONMENT = {
  jobsTable: "JOBS_TABLE",
  fleetTable: "FLEET_TABLE",
  templatesTable: "TEMPLATES_TABLE",
  seedSetsTable: "SEED_SETS_TABLE",
  bucket: "BUCKET",
  graphqlUrl: "GRAPHQL_URL",
  /** Functions that read templates: the ids of the models that may be used, by commas. */
  models: "ALLOWED_MODELS",
  /** The API: where it runs, and where in the table of models those stand that may be used, by commas. */
  region: "REGION",
  modelIndexes: "ALLOWED_MODEL_INDEXES",
  /** Dispatcher: what it starts tasks with. */
  cluster: "CLUSTER_ARN",
  taskDefinition: "TASK_DEFINITION_ARN",
  subnets: "SUBNET_IDS",
  securityGroup: "SECURITY_GROUP_ID",
  containerName: "CONTAINER_NAME",
  /** Dispatcher: how many tasks may run, for one person and overall. */
  maxTasksPerOwner: "MAX_TASKS_PER_OWNER",
  maxTasks: "MAX_TASKS",
  /** Worker: the role it assumes, narrowed to one owner and job by session tags. */
  jobRole: "JOB_ROLE_ARN",
  /** Worker, set by the dispatcher for each task. */
  jobId: "JOB_ID",
  owner: "OWNER",
  budgetId: "BUDGET_ID",
  seedSetOwner: "SEED_SET_OWNER",
  taskSlot: "TASK_SLOT",
  /** Worker: calls in flight at most, by the size of the task. */
  concurrency: "CONCURRENCY",
  /** Worker: what Node itself reads, for the size of its heap. */
  nodeOptions: "NODE_OPTIONS",
  /** Worker: what the account may do a minute with single models, as JSON of `ModelLimits` by model id; absent when not told. */
  modelLimits: "MODEL_LIMITS",
} as const;

/** The value of a variable. @throws Error naming the variable when it is not set: the stacks and the code disagree */
export function required(name: string, env: Readonly<Record<string, string | undefined>>): string {
  const value = env[name];
  if (!value)
    throw new Error(`The environment variable ${name} is not set; the stack that starts this program must set it.`);
  return value;
}
