/** The parts of a CloudFormation template that the local cloud reads. */
export interface Template {
  readonly Transform?: unknown;
  readonly Parameters?: Readonly<Record<string, { readonly Type: string; readonly Default?: unknown }>>;
  readonly Mappings?: Readonly<Record<string, Readonly<Record<string, Readonly<Record<string, unknown>>>>>>;
  readonly Conditions?: Readonly<Record<string, unknown>>;
  readonly Resources: Readonly<Record<string, TemplateResource>>;
  readonly Outputs?: Readonly<Record<string, { readonly Value: unknown; readonly Condition?: string }>>;
}

export interface TemplateResource {
  readonly Type: string;
  readonly Properties?: Readonly<Record<string, unknown>>;
  readonly DependsOn?: string | readonly string[];
  readonly Condition?: string;
  readonly Metadata?: Readonly<Record<string, string>>;
}

/** A template with its position: the root of an assembly, or a stack nested in another. */
export interface Stack {
  /** As CloudFormation would name it: `Shop`, `Shop-Data`. */
  readonly name: string;
  /** `Shop`, `Shop/Data` */
  readonly path: string;
  readonly template: Template;
  /** By the logical id of the `AWS::CloudFormation::Stack` in this template. */
  readonly nested: ReadonlyMap<string, Stack>;
}

/** The logical ids that a value refers to by Ref, Fn::GetAtt and Fn::Sub; parameters and pseudo parameters included. */
export function referencesIn(value: unknown): Set<string> {
  const found = new Set<string>();
  collect(value, found);
  return found;
}

/** The logical ids a resource must wait for. */
export function dependenciesOf(resource: TemplateResource): Set<string> {
  return new Set([...dependsOn(resource), ...referencesIn(resource.Properties)]);
}

export function dependsOn(resource: TemplateResource): string[] {
  return [resource.DependsOn ?? []].flat() as string[];
}

/** `${Name}` and `${Name.Attribute}` in the text of a Fn::Sub; `${!Literal}` stays literal. */
export const SUB_VARIABLE = /\$\{([^!}][^}]*)\}/g;

function collect(value: unknown, found: Set<string>): void {
  if (Array.isArray(value)) return value.forEach((item) => collect(item, found));
  if (value === null || typeof value !== "object") return;
  for (const [key, argument] of Object.entries(value)) {
    if (key === "Ref" && typeof argument === "string") found.add(argument);
    else if (key === "Fn::GetAtt")
      found.add(Array.isArray(argument) ? String(argument[0]) : String(argument).split(".")[0]!);
    else if (key === "Fn::Sub") collectSub(argument, found);
    else collect(argument, found);
  }
}

function collectSub(argument: unknown, found: Set<string>): void {
  const [text, variables] = Array.isArray(argument) ? argument : [argument, {}];
  for (const [, name] of String(text).matchAll(SUB_VARIABLE)) {
    if (!(name! in variables)) found.add(name!.split(".")[0]!);
  }
  collect(variables, found);
}
