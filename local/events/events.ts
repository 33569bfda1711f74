/** Plays Amazon EventBridge's default bus: rules with patterns and schedules, Lambda targets, and PutEvents. */
import type { IncomingMessage, ServerResponse } from "node:http";
import { AlarmClock } from "../clock/alarm-clock.ts";
import { listen, readBody, sendJson, type Listening } from "../http.ts";
import { AwsError, type Access, type CloudContext, type CloudEvent, type Service } from "../service.ts";
import { envelope, Rule, type Envelope } from "./rule.ts";

const MAX_ENTRIES = 10;
const MAX_REQUEST_BYTES = 256 * 1024;
const CONTENT_TYPE = { "content-type": "application/x-amz-json-1.1" };

export interface EventBridgeService extends Service {
  /** Puts an event on the default bus (`CloudContext.publish`). */
  publish(event: CloudEvent): void;
}

interface Entry {
  readonly Source?: string;
  readonly DetailType?: string;
  readonly Detail?: string;
  readonly Resources?: readonly string[];
  readonly Time?: number;
  readonly EventBusName?: string;
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
      listening = await listen(answer);
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
        throw new AwsError(400, "UnknownOperationException", `The local EventBridge does not play ${operation}.`);
      }
      const entries = readEntries(body);
      context.gate.authorize(caller, ...entries.map(accessOf));
      const results = entries.map(put);
      const FailedEntryCount = results.filter((result) => "ErrorCode" in result).length;
      sendJson(response, 200, { FailedEntryCount, Entries: results }, CONTENT_TYPE);
    } catch (error) {
      if (!(error instanceof AwsError)) throw error;
      sendJson(response, error.status, { __type: error.code, message: error.message }, CONTENT_TYPE);
    }
  }

  function accessOf({ Source = "", DetailType = "", EventBusName = "default" }: Entry): Access {
    const bus = EventBusName.slice(EventBusName.lastIndexOf("/") + 1);
    return {
      action: "events:PutEvents",
      resource: `arn:aws:events:${context.region}:${context.accountId}:event-bus/${bus}`,
      context: { "events:source": Source, "events:detail-type": DetailType },
    };
  }

  function put(entry: Entry): { EventId: string } | { ErrorCode: string; ErrorMessage: string } {
    const fault = faultOf(entry);
    if (fault) return fault;
    const { Source = "", DetailType = "", Detail = "{}", Resources = [], Time, EventBusName = "default" } = entry;
    const atMs = Time === undefined ? context.clock.now() : Time * 1000;
    const detail = JSON.parse(Detail);
    const event = envelope({ source: Source, "detail-type": DetailType, resources: Resources, detail }, context, atMs);
    // As on AWS, what is sent to a bus that does not exist is accepted and lost.
    if (/(^|\/)default$/.test(EventBusName)) offer(event);
    return { EventId: event.id };
  }
}

function readEntries(body: Buffer): readonly Entry[] {
  const entries: readonly Entry[] = JSON.parse(body.toString()).Entries ?? [];
  if (entries.length < 1 || entries.length > MAX_ENTRIES) {
    const message = `1 validation error detected: Value at 'entries' failed to satisfy constraint: Member must have length between 1 and ${MAX_ENTRIES}`;
    throw new AwsError(400, "ValidationException", message);
  }
  if (body.length > MAX_REQUEST_BYTES) {
    throw new AwsError(400, "ValidationException", "Total size of the entries in the request is over the limit.");
  }
  return entries;
}

function faultOf(entry: Entry): { ErrorCode: string; ErrorMessage: string } | undefined {
  for (const name of ["Source", "DetailType", "Detail"] as const) {
    if (entry[name]) continue;
    const ErrorMessage = `Parameter ${name} is not valid. Reason: ${name} is a required argument.`;
    return { ErrorCode: "InvalidArgument", ErrorMessage };
  }
  if (entry.Source?.startsWith("aws.")) {
    return { ErrorCode: "NotAuthorizedForSource", ErrorMessage: "Not authorized for the source." };
  }
  if (isJsonObject(entry.Detail ?? "")) return undefined;
  return { ErrorCode: "MalformedDetail", ErrorMessage: "Detail is malformed." };
}

function isJsonObject(text: string): boolean {
  try {
    const value: unknown = JSON.parse(text);
    return typeof value === "object" && value !== null && !Array.isArray(value);
  } catch {
    return false;
  }
}
