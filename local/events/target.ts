/** What a target of a rule is given: the event itself, a part of it, a constant, or a text made of its parts. */

/** A target of `AWS::Events::Rule`, as far as it is played. */
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

/** The rule and the moment, for the variables that a template may name without defining them. */
export interface Occasion {
  readonly ruleArn: string;
  readonly ruleName: string;
  readonly now: string;
}

/** @throws Error with a sentence when a template does not become JSON */
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

/** `<name>` is replaced by JSON, inside a string by the bare text. A path without value gives nothing, in a string or not. */
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

/** `$.detail.items[0].name`, the subset of JSONPath that EventBridge takes. */
function valueAt(path: string, event: unknown): unknown {
  const steps = path.replace(/^\$\.?/, "").match(/[^.[\]]+/g) ?? [];
  return steps.reduce<any>((value, step) => value?.[/^['"].*['"]$/.test(step) ? step.slice(1, -1) : step], event);
}
