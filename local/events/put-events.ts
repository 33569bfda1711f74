/** The entries of a PutEvents request: each is put on its bus or gets its own error. */
import { AwsError, type Access, type CloudContext } from "../service.ts";
import { envelope, type Envelope } from "./rule.ts";

const MAX_ENTRIES = 10;
const MAX_REQUEST_BYTES = 256 * 1024;

export interface Entry {
  readonly Source?: string;
  readonly DetailType?: string;
  readonly Detail?: string;
  readonly Resources?: readonly string[];
  readonly Time?: number;
  readonly EventBusName?: string;
}

type EntryError = { readonly ErrorCode: string; readonly ErrorMessage: string };

/** @throws AwsError `ValidationException` for too many entries, none, or too many bytes */
export function readEntries(body: Buffer): readonly Entry[] {
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

export function accessOf(
  { Source = "", DetailType = "", EventBusName = "default" }: Entry,
  account: CloudContext,
): Access {
  const bus = EventBusName.slice(EventBusName.lastIndexOf("/") + 1);
  return {
    action: "events:PutEvents",
    resource: `arn:aws:events:${account.region}:${account.accountId}:event-bus/${bus}`,
    context: { "events:source": Source, "events:detail-type": DetailType },
  };
}

/** @param offer passes an event to every rule of the default bus */
export function putEntry(
  entry: Entry,
  context: CloudContext,
  offer: (event: Envelope) => void,
): { readonly EventId: string } | EntryError {
  const error = errorOf(entry);
  if (error) return error;
  const { Source = "", DetailType = "", Detail = "{}", Resources = [], Time, EventBusName = "default" } = entry;
  const atMs = Time === undefined ? context.clock.now() : Time * 1000;
  const detail = JSON.parse(Detail);
  const event = envelope({ source: Source, "detail-type": DetailType, resources: Resources, detail }, context, atMs);
  // As on AWS, an event sent to a bus that does not exist is accepted and lost.
  if (/(^|\/)default$/.test(EventBusName)) offer(event);
  return { EventId: event.id };
}

function errorOf(entry: Entry): EntryError | undefined {
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
