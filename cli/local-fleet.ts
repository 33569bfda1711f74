/** Which tasks a local instance has: few processes with many calls each, since each has its own start and its own overhead. */
import { TASK_SIZES } from "#core/job/task-size";

/** What a job has in a deployment, and here as well where there are processors for it. */
const TASKS_PER_JOB = 4;
/** The rest is for the local cloud, the browser and, maybe, the model. */
const PROCESSORS_PER_TASK = 4;

/** Context for the stacks. All sizes together keep as many calls in flight as on AWS. @param processors how many there are */
export function localFleet(processors: number): Readonly<Record<string, unknown>> {
  const tasksPerJob = Math.min(TASKS_PER_JOB, Math.max(1, Math.floor(processors / PROCESSORS_PER_TASK)));
  const taskSizes = Object.entries(TASK_SIZES).map(([size, { callsInFlight }]) => [
    size,
    { callsInFlight: Math.floor((callsInFlight * TASKS_PER_JOB) / tasksPerJob) },
  ]);
  return { tasksPerJob, taskSizes: Object.fromEntries(taskSizes) as object };
}
