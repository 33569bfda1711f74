/** A target's input: the event itself, a part of it, a constant, or a template filled from its parts. */

/** The supported members of a target of `AWS::Events::Rule`. */
export interface Target {
  readonly Id: string;
  readonly Arn: string;
  readonly Input?: string;
  readonly InputPath?: string;
  readonly InputTransformer?: {
    readonly InputPathsMap?: Readonly<Record<string, string>>;
    readonly InputTemplate: string;
  };
  readonly RetryPolicy?: {
    readonly MaximumRetryAttempts?: number | string;
    readonly MaximumEventAgeInSeconds?: number | string;
  };
}

/** The rule and the time, for a template's predefined variables. */
export interface Occasion {
  readonly ruleArn: string;
  readonly ruleName: string;
  readonly now: string;
}

/** @throws Error when a filled template is not JSON */
export function inputOf(target: Target, event: Record<string, unknown>, occasion: Occasion): unknown {
  if (target.Input !== undefined) return JSON.parse(target.Input);
  if (target.InputPath !== undefined) return valueAt(target.InputPath, event);
  if (target.InputTransformer) return transform(target.InputTransformer, event, occasion);
  return event;
}

function transform(
  { InputPathsMap: paths = {}, InputTemplate: template }: NonNullable<Target["InputTransformer"]>,
  event: Record<string, unknown>,
  { ruleArn, ruleName, now }: Occasion,
): unknown {
  const variables: Record<string, unknown> = {
    "aws.events.rule-arn": ruleArn,
    "aws.events.rule-name": ruleName,
    "aws.events.event.ingestion-time": now,
    "aws.events.event.json": event,
    "aws.events.event": { ...event, detail: undefined },
  };
  for (const [name, at] of Object.entries(paths)) variables[name] = valueAt(at, event);
  const filled = fill(template, variables);
  try {
    return JSON.parse(filled);
  } catch (cause) {
    throw new Error(`The input template ${template} became ${filled}, which is not JSON.`, { cause });
  }
}

/** `<name>` is replaced by JSON, or by bare text inside a string. A path without a value gives nothing in both cases. */
function fill(template: string, variables: Record<string, unknown>): string {
  let isInString = false;
  return template.replaceAll(/\\.|"|<([\w.-]+)>/g, (token, name?: string) => {
    if (token === '"') isInString = !isInString;
    if (name === undefined) return token;
    const value = variables[name];
    if (!isInString) return JSON.stringify(value ?? "");
    const text = typeof value === "string" ? value : value === undefined ? "" : JSON.stringify(value);
    return JSON.stringify(text).slice(1, -1);
  });
}

/** `$.detail.items[0].name`, the subset of JSONPath that EventBridge accepts. */
function valueAt(path: string, event: unknown): unknown {
  const steps = path.replace(/^\$\.?/, "").match(/[^.[\]]+/g) ?? [];
  return steps.reduce<any>((value, step) => value?.[/^['"].*['"]$/.test(step) ? step.slice(1, -1) : step], event);
}
