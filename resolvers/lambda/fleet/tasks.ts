/** Starts ECS tasks for slots, and describes them. */
import { DescribeTasksCommand, ECSClient, RunTaskCommand, type Task } from "@aws-sdk/client-ecs";
import { ENVIRONMENT } from "../../../core/environment.ts";
import type { JobRow } from "../../../core/job/job-row.ts";
import type { TaskRow } from "../../../core/fleet/fleet-rows.ts";
import { heapOption, TASK_SIZES, DEFAULT_TASK_SIZE } from "../../../core/job/task-size.ts";
import { setting } from "../clients.ts";

let client: ECSClient | undefined;

function ecs(): ECSClient {
  client ??= new ECSClient({});
  return client;
}

export type StartResult =
  | { readonly kind: "started"; readonly taskArn: string }
  /** Definitely not started. */
  | { readonly kind: "rejected"; readonly reason: string; readonly lackedCapacity: boolean }
  /** Possibly started: the slot is kept, and the sweep repeats the request. */
  | { readonly kind: "unclear"; readonly reason: string };

/** Idempotent: slot and capacity provider form the client token. */
export async function startTask(task: TaskRow, job: JobRow): Promise<StartResult> {
  try {
    const { tasks = [], failures = [] } = await ecs().send(new RunTaskCommand(runTaskInput(task, job)));
    if (tasks[0]?.taskArn) return { kind: "started", taskArn: tasks[0].taskArn };
    return rejected(
      failures.map(({ reason, detail }) => [reason, detail].filter(Boolean).join(": ")).join("; ") || "no reason given",
    );
  } catch (error) {
    const { name, message, $fault } = error as Error & { $fault?: string };
    const isDefinite = $fault === "client" && !name.includes("Throttling");
    return isDefinite ? rejected(`${name}: ${message}`) : { kind: "unclear", reason: `${name}: ${message}` };
  }
}

function rejected(reason: string): StartResult {
  return {
    kind: "rejected",
    reason,
    lackedCapacity: /capacity is unavailable|RESOURCE:|insufficient capacity/i.test(reason),
  };
}

function runTaskInput(task: TaskRow, job: JobRow) {
  const spec = job.task ?? TASK_SIZES[job.taskSize ?? DEFAULT_TASK_SIZE];
  return {
    cluster: setting(ENVIRONMENT.cluster),
    taskDefinition: setting(ENVIRONMENT.taskDefinition),
    count: 1,
    clientToken: `${task.taskSlot}-${task.capacityProvider}`,
    capacityProviderStrategy: [{ capacityProvider: task.capacityProvider, weight: 1 }],
    networkConfiguration: {
      awsvpcConfiguration: {
        subnets: setting(ENVIRONMENT.subnets).split(","),
        securityGroups: [setting(ENVIRONMENT.securityGroup)],
        // Tasks run in public subnets: they connect out, and nothing may connect in.
        assignPublicIp: "ENABLED" as const,
      },
    },
    overrides: {
      cpu: String(spec.cpu),
      memory: String(spec.memoryMb),
      containerOverrides: [
        {
          name: setting(ENVIRONMENT.containerName),
          environment: [
            { name: ENVIRONMENT.jobId, value: job.jobId },
            { name: ENVIRONMENT.owner, value: job.owner },
            { name: ENVIRONMENT.budgetId, value: job.budgetId },
            { name: ENVIRONMENT.seedSetOwner, value: job.seedSetOwner },
            { name: ENVIRONMENT.taskSlot, value: task.taskSlot },
            { name: ENVIRONMENT.concurrency, value: String(spec.callsInFlight) },
            { name: ENVIRONMENT.nodeOptions, value: heapOption(spec) },
          ],
        },
      ],
    },
    tags: [
      { key: "owner", value: job.owner },
      { key: "job", value: job.jobId },
    ],
    startedBy: task.taskSlot,
  };
}

const MAX_TASKS_PER_DESCRIBE = 100;

/** The tasks as ECS reports them, by ARN; those it no longer knows are missing. */
export async function describeTasks(taskArns: readonly string[]): Promise<Map<string, Task>> {
  const found = new Map<string, Task>();
  for (let at = 0; at < taskArns.length; at += MAX_TASKS_PER_DESCRIBE) {
    const answer = await ecs().send(
      new DescribeTasksCommand({
        cluster: setting(ENVIRONMENT.cluster),
        tasks: taskArns.slice(at, at + MAX_TASKS_PER_DESCRIBE),
      }),
    );
    for (const task of answer.tasks ?? []) if (task.taskArn) found.set(task.taskArn, task);
  }
  return found;
}
