/** One rule: passes matching and scheduled events to its targets. */
import { randomUUID } from "node:crypto";
import type { AlarmClock } from "../clock/alarm-clock.ts";
import { AwsError, type CloudContext, type Resource } from "../service.ts";
import { assertPattern, matches, type Pattern } from "./pattern.ts";
import { parseSchedule, type Schedule } from "./schedule.ts";
import { inputOf, type Target } from "./target.ts";

const DEFAULT_RETRIES = 185;
const DEFAULT_MAX_AGE_SECONDS = 86_400;
const FIRST_RETRY_MS = 1_000;
const LONGEST_RETRY_MS = 15 * 60_000;

/** An event in EventBridge's envelope. */
export type Envelope = Record<string, unknown> & { readonly id: string; readonly time: string };

export class Rule {
  readonly #pattern: Pattern | undefined;
  readonly #schedule: Schedule | undefined;
  readonly #targets: readonly Target[];
  readonly #isEnabled: boolean;

  /** @throws Error naming the resource when something about it is invalid or not supported */
  constructor(
    { path, properties }: Resource,
    readonly name: string,
    readonly arn: string,
    private readonly context: CloudContext,
    private readonly alarms: AlarmClock,
  ) {
    this.#isEnabled = !String(properties.State ?? "ENABLED").startsWith("DISABLED");
    this.#targets = properties.Targets ?? [];
    try {
      this.#pattern = properties.EventPattern;
      if (this.#pattern) assertPattern(this.#pattern);
      if (properties.ScheduleExpression) this.#schedule = parseSchedule(properties.ScheduleExpression);
      for (const { Arn } of this.#targets) assertPlayed(Arn);
      if (properties.EventBusName && !/(^|\/)default$/.test(properties.EventBusName)) {
        throw new Error(`The event bus ${properties.EventBusName} is not supported; only the default bus is.`);
      }
    } catch (error) {
      throw new Error(`${path}: ${(error as Error).message}`, { cause: error });
    }
  }

  /** Passes an event to the targets if it matches the pattern. */
  offer(event: Envelope): void {
    if (this.#isEnabled && this.#pattern && matches(this.#pattern, event)) this.#deliver(event);
  }

  /** Starts the schedule, if there is one, by the cloud's clock. */
  startSchedule(): void {
    if (this.#isEnabled && this.#schedule) this.#awaitNext();
  }

  /** If the clock was moved past several due times, the rule fires once and continues from there. */
  #awaitNext(): void {
    const dueMs = this.#schedule?.(this.context.clock.now());
    if (dueMs === undefined) return;
    this.alarms.at(dueMs, () => {
      this.#deliver(
        envelope(
          { source: "aws.events", "detail-type": "Scheduled Event", resources: [this.arn], detail: {} },
          this.context,
          dueMs,
        ),
      );
      this.#awaitNext();
    });
  }

  #deliver(event: Envelope): void {
    for (const target of this.#targets) void this.#send(target, event, 0);
  }

  async #send(target: Target, event: Envelope, attempt: number): Promise<void> {
    const { now } = this.context.clock;
    try {
      const input = inputOf(target, event, {
        ruleArn: this.arn,
        ruleName: this.name,
        now: new Date(now()).toISOString(),
      });
      const as = { service: "events.amazonaws.com", sourceArn: this.arn, asynchronous: true };
      await this.context.invoke(target.Arn, input, as);
    } catch (error) {
      this.#retry(target, event, attempt, error as Error);
    }
  }

  /** Only a throttled target is retried; one that is missing or forbidden stays so. */
  #retry(target: Target, event: Envelope, attempt: number, error: Error): void {
    const policy = target.RetryPolicy ?? {};
    const delayMs = Math.min(FIRST_RETRY_MS * 2 ** attempt, LONGEST_RETRY_MS);
    const ageMs = this.context.clock.now() + delayMs - Date.parse(event.time);
    const mayRetry =
      error instanceof AwsError &&
      (error.status === 429 || error.status >= 500) &&
      attempt < Number(policy.MaximumRetryAttempts ?? DEFAULT_RETRIES) &&
      ageMs <= Number(policy.MaximumEventAgeInSeconds ?? DEFAULT_MAX_AGE_SECONDS) * 1000;
    if (mayRetry) this.alarms.after(delayMs, () => void this.#send(target, event, attempt + 1));
    else this.context.log(`eventbridge: the rule ${this.name} could not reach ${target.Arn}: ${error.message}`);
  }
}

/** @param atMs when it happened, by the cloud's clock */
export function envelope(
  event: { source: string; "detail-type": string; resources: readonly string[]; detail: unknown },
  { accountId, region }: CloudContext,
  atMs: number,
): Envelope {
  return {
    version: "0",
    id: randomUUID(),
    "detail-type": event["detail-type"],
    source: event.source,
    account: accountId,
    // EventBridge has a resolution of one second.
    time: new Date(atMs).toISOString().replace(/\.\d+Z$/, "Z"),
    region,
    resources: event.resources,
    detail: event.detail,
  };
}

function assertPlayed(targetArn: string): void {
  if (/^arn:[^:]+:lambda:/.test(targetArn)) return;
  throw new Error(`The target ${targetArn} is not a Lambda function; the local EventBridge supports no other targets.`);
}
