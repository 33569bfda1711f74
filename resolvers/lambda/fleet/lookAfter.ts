/** The sweep over tasks: makes up for events that were lost and for requests whose answer was. */
import { toLookAfter } from "../../../core/fleet.ts";
import type { TaskRow } from "../../../core/rows.ts";
import { endTask } from "./endTask.ts";
import { readJob } from "./jobs.ts";
import { startOrFree } from "./placeTasks.ts";
import { freeSlot, readTasks } from "./slots.ts";
import { describeTasks } from "./tasks.ts";

export async function lookAfterTasks(nowMs: number): Promise<void> {
  const old = toLookAfter(await readTasks(), nowMs);
  const known = await describeTasks(old.flatMap(({ taskArn }) => (taskArn ? [taskArn] : [])));
  for (const task of old) {
    if (!task.taskArn) await startAgain(task);
    else {
      const seen = known.get(task.taskArn);
      if (seen && seen.lastStatus !== "STOPPED") continue;
      await endTask(
        task,
        { stopCode: seen?.stopCode, startedAt: seen?.startedAt, exitCode: seen?.containers?.[0]?.exitCode },
        nowMs,
      );
    }
  }
}

/** The same request with the same token: either the task that started unseen, or one that starts now. */
async function startAgain(task: TaskRow): Promise<void> {
  const job = await readJob(task.jobId);
  if (job) await startOrFree(task, job);
  else await freeSlot(task);
}
