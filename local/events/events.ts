/** Emulates Amazon EventBridge's default bus: rules with patterns and schedules, Lambda targets, and PutEvents. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { AlarmClock } from "../clock/alarm-clock.ts";
import { listen, readBody, sendJson, type Listening } from "../http.ts";
import { listenOnRememberedPort } from "../remembered-port.ts";
import { AwsError, type CloudContext, type CloudEvent, type Service } from "../service.ts";
import { accessOf, putEntry, readEntries } from "./put-events.ts";
import { envelope, Rule, type Envelope } from "./rule.ts";

const CONTENT_TYPE = { "content-type": "application/x-amz-json-1.1" };

export interface EventBridgeService extends Service {
  /** Puts an event on the default bus (`CloudContext.publish`). */
  publish(event: CloudEvent): void;
}

export function eventbridge(): EventBridgeService {
  const rules = new Map<string, Rule>();
  let context: CloudContext;
  let alarms: AlarmClock;
  let listening: Listening;

  return {
    name: "eventbridge",
    types: ["AWS::Events::Rule"],
    async start(started) {
      context = started;
      alarms = new AlarmClock(context.clock);
      const { folder, origins } = context;
      listening = await listenOnRememberedPort(folder, (port) => listen(answer, { port, origins }));
      return listening.url;
    },
    async create(resource) {
      const name = resource.properties.Name;
      const arn = `arn:aws:events:${context.region}:${context.accountId}:rule/${name}`;
      rules.set(name, new Rule(resource, name, arn, context, alarms));
      return { ref: name, attributes: { Arn: arn } };
    },
    async ready() {
      for (const rule of rules.values()) rule.startSchedule();
    },
    async stop() {
      alarms.stop();
      await listening.close();
    },
    publish(event) {
      offer(envelope(event, context, context.clock.now()));
    },
  };

  function offer(event: Envelope): void {
    for (const rule of rules.values()) rule.offer(event);
  }

  async function answer(request: IncomingMessage, response: ServerResponse): Promise<void> {
    try {
      const body = await readBody(request);
      const caller = context.gate.authenticate(request, body, "events");
      const operation = String(request.headers["x-amz-target"]).split(".").at(-1) ?? "";
      if (operation !== "PutEvents") {
        throw new AwsError(400, "UnknownOperationException", `The local EventBridge does not support ${operation}.`);
      }
      const entries = readEntries(body);
      context.gate.authorize(caller, ...entries.map((entry) => accessOf(entry, context)));
      const results = entries.map((entry) => putEntry(entry, context, offer));
      const FailedEntryCount = results.filter((result) => "ErrorCode" in result).length;
      sendJson(response, 200, { FailedEntryCount, Entries: results }, CONTENT_TYPE);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      sendJson(response, error.status, { __type: error.code, message: error.message }, CONTENT_TYPE);
    }
  }
}
