/** A fake ECS for the dispatcher: starts tasks as requested unless told to fail. */
import { listen, readBody, sendJson } from "../../local/http.ts";

export interface FakeTask {
  readonly taskArn: string;
  readonly request: any;
  lastStatus: string;
  stopCode?: string;
}

export interface FakeFleet {
  readonly url: string;
  /** Every RunTask request, including repeated and rejected ones. */
  readonly requests: any[];
  readonly tasks: FakeTask[];
  /** What RunTask does next: start; fail for lack of Spot capacity; fail altogether; start but lose the response. */
  mood: "starts" | "no spot" | "denies" | "loses the answer";
  reset(): void;
  stop(): Promise<void>;
}

export async function startFleet(): Promise<FakeFleet> {
  const fleet: Omit<FakeFleet, "url" | "reset" | "stop"> = { requests: [], tasks: [], mood: "starts" };
  const server = await listen(async (request, response) => {
    const input = JSON.parse((await readBody(request)).toString());
    const action = String(request.headers["x-amz-target"]).split(".")[1];
    if (action === "RunTask") return runTask(input);
    const found = fleet.tasks.filter(({ taskArn }) => input.tasks.includes(taskArn));
    const failures = input.tasks
      .filter((arn: string) => !found.some(({ taskArn }) => taskArn === arn))
      .map((arn: string) => ({ arn, reason: "MISSING" }));
    sendJson(response, 200, { tasks: found.map(({ request: _, ...task }) => task), failures });

    function runTask(wanted: any): void {
      fleet.requests.push(wanted);
      const onSpot = wanted.capacityProviderStrategy[0].capacityProvider === "FARGATE_SPOT";
      if (fleet.mood === "denies")
        return sendJson(response, 400, {
          __type: "AccessDeniedException",
          message: "not authorized to perform: ecs:RunTask",
        });
      if (fleet.mood === "no spot" && onSpot)
        return sendJson(response, 200, { tasks: [], failures: [{ reason: "Capacity is unavailable at this time." }] });
      let task = fleet.tasks.find((known) => known.request.clientToken === wanted.clientToken);
      if (!task) {
        task = {
          taskArn: `arn:aws:ecs:us-east-1:000000000000:task/fleet/${fleet.tasks.length + 1}`,
          request: wanted,
          lastStatus: "RUNNING",
        };
        fleet.tasks.push(task);
      }
      if (fleet.mood === "loses the answer")
        return sendJson(response, 500, { __type: "ServerException", message: "try again" });
      sendJson(response, 200, { tasks: [{ taskArn: task.taskArn }], failures: [] });
    }
  });
  const reset = () => {
    fleet.requests.length = 0;
    fleet.tasks.length = 0;
    fleet.mood = "starts";
  };
  return Object.assign(fleet, { url: server.url, reset, stop: () => server.close() });
}
