import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import path from "node:path";
import { eventbridge, type EventBridgeService } from "../../local/events/events.ts";
import { matches, type Pattern } from "../../local/events/pattern.ts";
import { parseSchedule } from "../../local/events/schedule.ts";
import { inputOf, type Target } from "../../local/events/target.ts";
import { AwsError } from "../../local/service.ts";
import { openGate, testContext } from "./open-gate.ts";
import { until } from "./until.ts";

const FUNCTION_ARN = "arn:aws:lambda:us-east-1:000000000000:function:Dispatch";
const RULE_ARN = "arn:aws:events:us-east-1:000000000000:rule/Tasks";
const NOON = Date.parse("2026-11-23T12:00:30Z");

const TASK_EVENT = {
  source: "aws.ecs",
  "detail-type": "ECS Task State Change",
  resources: ["arn:aws:ecs:us-east-1:000000000000:task/farm/1"],
  detail: { lastStatus: "STOPPED", containers: [{ name: "main", exitCode: 137 }], group: "family:worker", size: 5 },
};

describe("a pattern", () => {
  test.each<[string, Pattern, boolean]>([
    ["an exact value", { source: ["aws.ecs"] }, true],
    ["another value", { source: ["aws.s3"] }, false],
    ["any of several", { source: ["aws.s3", "aws.ecs"] }, true],
    ["all fields", { source: ["aws.ecs"], "detail-type": ["Other"] }, false],
    ["a nested field", { detail: { lastStatus: ["STOPPED"] } }, true],
    ["an element of a list", { resources: ["arn:aws:ecs:us-east-1:000000000000:task/farm/1"] }, true],
    ["a prefix", { detail: { group: [{ prefix: "family:" }] } }, true],
    ["a prefix that does not match", { detail: { group: [{ prefix: "service:" }] } }, false],
    ["a prefix in any case", { detail: { group: [{ prefix: { "equals-ignore-case": "FAMILY" } }] } }, true],
    ["a suffix", { detail: { group: [{ suffix: ":worker" }] } }, true],
    ["a value in any case", { detail: { lastStatus: [{ "equals-ignore-case": "stopped" }] } }, true],
    ["a wildcard", { resources: [{ wildcard: "*:task/farm/*" }] }, true],
    ["anything but another", { detail: { lastStatus: [{ "anything-but": "RUNNING" }] } }, true],
    ["anything but this", { detail: { lastStatus: [{ "anything-but": ["RUNNING", "STOPPED"] }] } }, false],
    ["anything but a prefix", { detail: { group: [{ "anything-but": { prefix: "family:" } }] } }, false],
    ["anything but, on a missing field", { detail: { nothing: [{ "anything-but": "x" }] } }, false],
    ["a field that exists", { detail: { group: [{ exists: true }] } }, true],
    ["a field that is missing", { detail: { stopCode: [{ exists: false }] } }, true],
    ["a field that should be missing but exists", { detail: { group: [{ exists: false }] } }, false],
    ["a number in range", { detail: { size: [{ numeric: [">", 0, "<=", 5] }] } }, true],
    ["a number out of range", { detail: { size: [{ numeric: [">", 5] }] } }, false],
    ["a number by its value", { detail: { size: [5] } }, true],
    ["a number as a string", { detail: { size: ["5"] } }, false],
    ["one of two alternatives", { $or: [{ source: ["x"] }, { detail: { size: [5] } }] } as unknown as Pattern, true],
  ])("on %s", (_what, pattern, expected) => {
    expect(matches(pattern, TASK_EVENT)).toBe(expected);
  });
});

describe("a schedule", () => {
  test.each([
    ["rate(1 minute)", "2026-11-23T12:01:30.000Z"],
    ["rate(5 minutes)", "2026-11-23T12:05:30.000Z"],
    ["rate(1 day)", "2026-11-24T12:00:30.000Z"],
    ["cron(0/15 * * * ? *)", "2026-11-23T12:15:00.000Z"],
    ["cron(30 9 ? * MON-FRI *)", "2026-11-24T09:30:00.000Z"],
    ["cron(0 0 1 * ? *)", "2026-12-01T00:00:00.000Z"],
    ["cron(0 12 L FEB ? *)", "2027-02-28T12:00:00.000Z"],
    ["cron(0 8 ? * 6L *)", "2026-11-27T08:00:00.000Z"],
    ["cron(0 8 ? * 3#2 *)", "2026-12-08T08:00:00.000Z"],
    ["cron(0 8 1W * ? *)", "2026-12-01T08:00:00.000Z"],
    ["cron(5,10 22-1 * * ? 2026)", "2026-11-23T22:05:00.000Z"],
  ])("%s is next due at %s", (expression, next) => {
    expect(new Date(parseSchedule(expression)(NOON) ?? 0).toISOString()).toBe(next);
  });

  test("in a past year is never due", () => {
    expect(parseSchedule("cron(0 0 1 1 ? 2020)")(NOON)).toBeUndefined();
  });

  test.each([
    "rate(1 minutes)",
    "rate(5 minute)",
    "rate(0 minutes)",
    "every minute",
    "cron(* * * * *)",
    "cron(0 0 1 * 2 *)",
    "cron(99 * * * ? *)",
  ])("%s is rejected", (expression) => {
    expect(() => parseSchedule(expression)).toThrow(`The schedule ${expression} is not valid; expected`);
  });
});

describe("a target's input", () => {
  const event = { ...TASK_EVENT, id: "e1" };
  const input = (target: Partial<Target>) =>
    inputOf({ Id: "1", Arn: FUNCTION_ARN, ...target }, event, { ruleArn: RULE_ARN, ruleName: "Tasks", now: "now" });

  test.each<[string, Partial<Target>, unknown]>([
    ["is the event", {}, event],
    ["is a constant", { Input: '{"sweep":true}' }, { sweep: true }],
    ["is a part of the event", { InputPath: "$.detail.containers[0].exitCode" }, 137],
    [
      "is a filled JSON template",
      {
        InputTransformer: {
          InputPathsMap: { d: "$.detail", n: "$.detail.containers[0].name" },
          InputTemplate: '{"d":<d>,"text":"name <n>","rule":<aws.events.rule-name>}',
        },
      },
      { d: TASK_EVENT.detail, text: "name main", rule: "Tasks" },
    ],
    [
      "is a filled text template",
      { InputTransformer: { InputTemplate: '"at <aws.events.event.ingestion-time>"' } },
      "at now",
    ],
  ])("%s", (_what, target, expected) => {
    expect(input(target)).toEqual(expected);
  });
});

describe("the service", () => {
  let folder: string;
  let service: EventBridgeService;
  let endpoint: string;
  let gate: ReturnType<typeof openGate>;
  let invoked: { arn: string; payload: any; as: unknown }[];
  let failures: Error[];
  let logged: string[];
  let nowMs: number;

  beforeEach(async () => {
    folder = mkdtempSync(path.join(tmpdir(), "events-"));
    gate = openGate();
    invoked = [];
    failures = [];
    logged = [];
    nowMs = NOON;
    service = eventbridge();
    endpoint = await service.start(
      testContext(folder, {
        gate,
        clock: { now: () => nowMs },
        invoke: async (arn, payload, as) => {
          invoked.push({ arn, payload, as });
          const failure = failures.shift();
          if (failure) throw failure;
          return undefined;
        },
        log: (line) => logged.push(line),
      }),
    );
  });

  afterEach(async () => {
    await service.stop();
    rmSync(folder, { recursive: true, force: true });
  });

  const makeRule = (properties: Record<string, unknown>) =>
    service.create({
      path: "Stack/Rule",
      logicalId: "Rule",
      type: "AWS::Events::Rule",
      properties: { Name: "Tasks", State: "ENABLED", Targets: [{ Id: "Target0", Arn: FUNCTION_ARN }], ...properties },
    });

  async function putEvents(...Entries: Record<string, unknown>[]) {
    const headers = { "content-type": "application/x-amz-json-1.1", "x-amz-target": "AWSEvents.PutEvents" };
    const answer = await fetch(endpoint, { method: "POST", headers, body: JSON.stringify({ Entries }) });
    return { status: answer.status, body: (await answer.json()) as any };
  }

  /** Long enough for every due alarm to fire. */
  const alarmsRung = () => new Promise((resolve) => setTimeout(resolve, 350));

  test("passes a matching event, in its envelope, to the function as events.amazonaws.com for the rule", async () => {
    const made = await makeRule({ EventPattern: { source: ["aws.ecs"], detail: { lastStatus: ["STOPPED"] } } });
    expect(made).toEqual({ ref: "Tasks", attributes: { Arn: RULE_ARN } });
    service.publish(TASK_EVENT);
    service.publish({ ...TASK_EVENT, detail: { lastStatus: "RUNNING" } });
    expect(invoked).toEqual([
      {
        arn: FUNCTION_ARN,
        payload: {
          version: "0",
          id: expect.stringMatching(/^[0-9a-f-]{36}$/),
          account: "000000000000",
          region: "us-east-1",
          time: "2026-11-23T12:00:30Z",
          ...TASK_EVENT,
        },
        as: { service: "events.amazonaws.com", sourceArn: RULE_ARN, asynchronous: true },
      },
    ]);
  });

  test("ignores a disabled rule", async () => {
    await makeRule({ EventPattern: { source: ["aws.ecs"] }, State: "DISABLED" });
    service.publish(TASK_EVENT);
    expect(invoked).toEqual([]);
  });

  test("fires a schedule when due, once however far the clock was moved, and again after that", async () => {
    await makeRule({ ScheduleExpression: "rate(1 minute)" });
    await service.ready?.();
    await alarmsRung();
    expect(invoked).toEqual([]);
    nowMs += 60_000;
    await until(() => invoked.length === 1);
    expect(invoked[0]?.payload).toMatchObject({
      source: "aws.events",
      "detail-type": "Scheduled Event",
      resources: [RULE_ARN],
      detail: {},
    });
    nowMs += 3 * 86_400_000;
    await until(() => invoked.length === 2);
    await alarmsRung();
    expect(invoked).toHaveLength(2);
    nowMs += 60_000;
    await until(() => invoked.length === 3);
  });

  test("retries a throttled target, and gives up when the retry policy says so", async () => {
    await makeRule({
      EventPattern: { source: ["aws.ecs"] },
      Targets: [{ Id: "1", Arn: FUNCTION_ARN, RetryPolicy: { MaximumRetryAttempts: "1" } }],
    });
    const busy = () => new AwsError(429, "TooManyRequestsException", "Rate Exceeded.");
    failures = [busy(), busy()];
    service.publish(TASK_EVENT);
    nowMs += 60_000;
    await until(() => invoked.length === 1);
    await until(() => ((nowMs += 1_000), logged.length === 1));
    expect(invoked).toHaveLength(2);
    expect(logged[0]).toContain("the rule Tasks could not reach");
  });

  test("does not retry a forbidden target", async () => {
    await makeRule({ EventPattern: { source: ["aws.ecs"] } });
    failures = [new AwsError(403, "AccessDeniedException", "no permission")];
    service.publish(TASK_EVENT);
    await until(() => logged.length === 1);
    nowMs += 86_400_000;
    await alarmsRung();
    expect(invoked).toHaveLength(1);
  });

  test("PutEvents delivers valid entries, answers for each, and needs events:PutEvents", async () => {
    await makeRule({ EventPattern: { source: ["shop"] } });
    const { status, body } = await putEvents(
      { Source: "shop", DetailType: "Sold", Detail: '{"n":1}', Resources: ["a"] },
      { Source: "shop", DetailType: "Sold", Detail: "[1" },
      { DetailType: "Sold", Detail: "{}" },
      { Source: "aws.ecs", DetailType: "Sold", Detail: "{}" },
    );
    expect({ status, body }).toEqual({
      status: 200,
      body: {
        FailedEntryCount: 3,
        Entries: [
          { EventId: expect.any(String) },
          { ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." },
          { ErrorCode: "InvalidArgument", ErrorMessage: expect.stringContaining("Source") },
          { ErrorCode: "NotAuthorizedForSource", ErrorMessage: expect.any(String) },
        ],
      },
    });
    expect(invoked).toHaveLength(1);
    expect(invoked[0]?.payload).toMatchObject({ "detail-type": "Sold", detail: { n: 1 }, resources: ["a"] });
    expect(gate.asked[0]).toEqual({
      action: "events:PutEvents",
      resource: "arn:aws:events:us-east-1:000000000000:event-bus/default",
      context: { "events:source": "shop", "events:detail-type": "Sold" },
    });
    gate.authorize = () => {
      throw new AwsError(403, "AccessDeniedException", "not authorized");
    };
    expect(await putEvents({ Source: "shop" })).toMatchObject({
      status: 403,
      body: { __type: "AccessDeniedException" },
    });
  });

  test.each<[string, Record<string, unknown>, RegExp]>([
    [
      "a target that is not a function",
      { Targets: [{ Id: "1", Arn: "arn:aws:sqs:us-east-1:0:q" }] },
      /^Stack\/Rule: The target .* is not a Lambda function/,
    ],
    [
      "a condition that does not exist",
      { EventPattern: { detail: { a: [{ like: "x" }] } } },
      /^Stack\/Rule: EventPattern\.detail\.a has the condition/,
    ],
    ["an invalid schedule", { ScheduleExpression: "rate(1 minutes)" }, /^Stack\/Rule: The schedule/],
    ["another bus", { EventBusName: "mine" }, /^Stack\/Rule: The event bus mine/],
  ])("rejects a rule with %s", async (_what, properties, message) => {
    await expect(makeRule(properties)).rejects.toThrow(message);
  });
});
