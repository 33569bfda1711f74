/** The tasks themselves: starting one for a slot, and asking how they are. */
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

export type StartAnswer =
  | { readonly kind: "started"; readonly taskArn: string }
  /** Surely not started. */
  | { readonly kind: "refused"; readonly reason: string; readonly lackedCapacity: boolean }
  /** Perhaps started: the slot is kept, and the same request is sent again by the sweep. */
  | { readonly kind: "unclear"; readonly reason: string };

/** Twice equals once: slot and capacity provider make the client token. */
export async function startTask(task: TaskRow, job: JobRow): Promise<StartAnswer> {
  try {
    const { tasks = [], failures = [] } = await ecs().send(new RunTaskCommand(runTaskInput(task, job)));
    if (tasks[0]?.taskArn) return { kind: "started", taskArn: tasks[0].taskArn };
    return refused(
      failures.map(({ reason, detail }) => [reason, detail].filter(Boolean).join(": ")).join("; ") || "no reason given",
    );
  } catch (error) {
    const { name, message, $fault } = error as Error & { $fault?: string };
    const isSure = $fault === "client" && !name.includes("Throttling");
    return isSure ? refused(`${name}: ${message}`) : { kind: "unclear", reason: `${name}: ${message}` };
  }
}

function refused(reason: string): StartAnswer {
  return {
    kind: "refused",
    reason,
    lackedCapacity: /capacity is unavailable|RESOURCE:|insufficient capacity/i.test(reason),
  };
}

function runTaskInput(task: TaskRow, job: JobRow) {
  const size = job.taskSize ?? DEFAULT_TASK_SIZE;
  const { cpu, memoryMb, callsInFlight } = TASK_SIZES[size];
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
        // The tasks live in public subnets: they call out, and nothing may call in.
        assignPublicIp: "ENABLED" as const,
      },
    },
    overrides: {
      cpu: String(cpu),
      memory: String(memoryMb),
      containerOverrides: [
        {
          name: setting(ENVIRONMENT.containerName),
          environment: [
            { name: ENVIRONMENT.jobId, value: job.jobId },
            { name: ENVIRONMENT.owner, value: job.owner },
            { name: ENVIRONMENT.budgetId, value: job.budgetId },
            { name: ENVIRONMENT.seedSetOwner, value: job.seedSetOwner },
            { name: ENVIRONMENT.taskSlot, value: task.taskSlot },
            { name: ENVIRONMENT.concurrency, value: String(callsInFlight) },
            { name: ENVIRONMENT.nodeOptions, value: heapOption(size) },
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

const DESCRIBE_AT_ONCE = 100;

/** The tasks as ECS knows them, by ARN; those it has forgotten are missing. */
export async function describeTasks(taskArns: readonly string[]): Promise<Map<string, Task>> {
  const found = new Map<string, Task>();
  for (let at = 0; at < taskArns.length; at += DESCRIBE_AT_ONCE) {
    const answer = await ecs().send(
      new DescribeTasksCommand({
        cluster: setting(ENVIRONMENT.cluster),
        tasks: taskArns.slice(at, at + DESCRIBE_AT_ONCE),
      }),
    );
    for (const task of answer.tasks ?? []) if (task.taskArn) found.set(task.taskArn, task);
  }
  return found;
}
