/** CloudFormation's intrinsic functions over plain JSON. */
import { SUB_VARIABLE } from "./template.ts";
import type { Template } from "./template.ts";

/** Where a value is, and what names mean there. */
export interface Scope {
  /** For error messages: `Shop/Data`. */
  readonly path: string;
  readonly mappings: NonNullable<Template["Mappings"]>;
  readonly conditions: NonNullable<Template["Conditions"]>;
  /** `AWS::Region`, `AWS::AccountId` … */
  readonly pseudo: Readonly<Record<string, unknown>>;
  /** A parameter's value, or a resource's Ref once it exists. */
  ref(name: string): Promise<unknown>;
  getAtt(logicalId: string, attribute: string): Promise<unknown>;
}

/** Stands in for `AWS::NoValue` until the member or item that holds it is removed. */
const NO_VALUE = Symbol("AWS::NoValue");

/**
 * The value with every intrinsic resolved. Waits for the resources it refers to, in parallel.
 * @throws Error naming the stack for what cannot be resolved
 */
export async function resolve(value: unknown, scope: Scope): Promise<any> {
  const resolved = await resolveValue(value, scope);
  return resolved === NO_VALUE ? undefined : resolved;
}

/** Whether a named condition of the scope's template is true. */
export async function holds(name: string, scope: Scope): Promise<boolean> {
  if (!(name in scope.conditions))
    throw new Error(`${scope.path} uses the condition "${name}", which its template does not define.`);
  return isTrue(await resolveValue(scope.conditions[name], scope));
}

async function resolveValue(value: unknown, scope: Scope): Promise<unknown> {
  if (Array.isArray(value)) {
    const items = await Promise.all(value.map((item) => resolveValue(item, scope)));
    return items.filter((item) => item !== NO_VALUE);
  }
  if (typeof value === "string") return plainString(value, scope);
  if (value === null || typeof value !== "object") return value;
  const keys = Object.keys(value);
  const key = keys[0];
  if (keys.length === 1 && key !== undefined && isIntrinsic(key, value)) {
    return callIntrinsic(key, (value as Record<string, unknown>)[key], scope);
  }
  const entries = await Promise.all(
    keys.map(async (name) => [name, await resolveValue((value as any)[name], scope)] as const),
  );
  return Object.fromEntries(entries.filter(([, member]) => member !== NO_VALUE));
}

/** `Condition` is an intrinsic only inside conditions, where it holds a name; in policies it holds an object. */
function isIntrinsic(key: string, value: object): boolean {
  return (
    key === "Ref" || key.startsWith("Fn::") || (key === "Condition" && typeof (value as any).Condition === "string")
  );
}

function plainString(text: string, scope: Scope): string {
  const dynamic = /\{\{resolve:[^}]*\}\}/.exec(text)?.[0];
  if (dynamic)
    throw new Error(
      `${scope.path} uses the dynamic reference ${dynamic}; the local cloud has no parameter or secret store.`,
    );
  return text;
}

async function callIntrinsic(name: string, argument: unknown, scope: Scope): Promise<unknown> {
  const intrinsic = intrinsics[name];
  if (!intrinsic)
    throw new Error(
      `${scope.path} uses ${name}, which the local cloud does not support. Use another intrinsic function, or add it to local/assembly/intrinsics.ts.`,
    );
  return intrinsic(argument, scope);
}

type Intrinsic = (argument: any, scope: Scope) => Promise<unknown>;

const intrinsics: Record<string, Intrinsic> = {
  Ref: async (name: string, scope) => {
    if (name === "AWS::NoValue") return NO_VALUE;
    return name in scope.pseudo ? scope.pseudo[name] : scope.ref(name);
  },

  "Fn::GetAtt": async (argument: string | [string, unknown], scope) => {
    const [logicalId, attribute] = Array.isArray(argument) ? argument : splitOnce(argument);
    return scope.getAtt(logicalId, String(await resolveValue(attribute, scope)));
  },

  "Fn::Sub": async (argument: string | [string, Record<string, unknown>], scope) => {
    const [text, given] = Array.isArray(argument) ? argument : [argument, {}];
    const names = [...new Set([...text.matchAll(SUB_VARIABLE)].map(([, name]) => name!))];
    const values = await Promise.all(names.map((name) => subVariable(name, given, scope)));
    const byName = new Map(names.map((name, index) => [name, String(values[index])]));
    return text.replace(SUB_VARIABLE, (_, name: string) => byName.get(name)!).replace(/\$\{!([^}]*)\}/g, "${$1}");
  },

  "Fn::Join": async ([separator, items], scope) => {
    const parts = await listOf(items, scope, "Fn::Join");
    return parts.map(String).join(separator);
  },

  "Fn::Split": async ([separator, text], scope) => String(await resolveValue(text, scope)).split(separator),

  "Fn::Select": async ([index, items], scope) => {
    const list = await listOf(items, scope, "Fn::Select");
    const position = Number(await resolveValue(index, scope));
    if (position in list) return list[position];
    throw new Error(`${scope.path} selects item ${position} of a list of ${list.length} (Fn::Select counts from 0).`);
  },

  "Fn::If": async ([condition, whenTrue, whenFalse], scope) =>
    resolveValue((await holds(condition, scope)) ? whenTrue : whenFalse, scope),
  "Fn::Equals": async ([left, right], scope) =>
    JSON.stringify(loose(await resolveValue(left, scope))) === JSON.stringify(loose(await resolveValue(right, scope))),
  "Fn::And": async (conditions: unknown[], scope) => (await allOf(conditions, scope)).every(isTrue),
  "Fn::Or": async (conditions: unknown[], scope) => (await allOf(conditions, scope)).some(isTrue),
  "Fn::Not": async ([condition], scope) => !isTrue(await resolveValue(condition, scope)),
  Condition: async (name: string, scope) => holds(name, scope),

  "Fn::FindInMap": async (argument: unknown[], scope) => {
    const [map, first, second] = (await allOf(argument.slice(0, 3), scope)) as [string, string, string];
    const found = scope.mappings[map]?.[first]?.[second];
    if (found !== undefined) return found;
    const fallback = argument[3] as { DefaultValue?: unknown } | undefined;
    if (fallback?.DefaultValue !== undefined) return resolveValue(fallback.DefaultValue, scope);
    throw new Error(`${scope.path} looks up ${map}.${first}.${second}, which its mappings do not have.`);
  },

  "Fn::Base64": async (text, scope) => Buffer.from(String(await resolveValue(text, scope))).toString("base64"),

  "Fn::GetAZs": async (region, scope) => {
    const name = (await resolveValue(region, scope)) || scope.pseudo["AWS::Region"];
    return ["a", "b", "c"].map((zone) => `${name}${zone}`);
  },

  "Fn::ImportValue": async (argument, scope) => {
    const name = String(await resolveValue(argument, scope));
    throw new Error(
      `${scope.path} imports "${name}" from another stack; the local cloud runs one root stack, so nest the other in it.`,
    );
  },
};

async function subVariable(name: string, given: Record<string, unknown>, scope: Scope): Promise<unknown> {
  if (name in given) return resolveValue(given[name], scope);
  return callIntrinsic(name.includes(".") ? "Fn::GetAtt" : "Ref", name, scope);
}

async function listOf(items: unknown, scope: Scope, intrinsic: string): Promise<unknown[]> {
  const list = await resolveValue(items, scope);
  if (Array.isArray(list)) return list;
  throw new Error(`${scope.path} passes ${JSON.stringify(list)} to ${intrinsic}, which needs a list.`);
}

function allOf(values: unknown[], scope: Scope): Promise<unknown[]> {
  return Promise.all(values.map((value) => resolveValue(value, scope)));
}

function splitOnce(text: string): [string, string] {
  const dot = text.indexOf(".");
  return [text.slice(0, dot), text.slice(dot + 1)];
}

/** Parameters are strings; CloudFormation treats `true` and `"true"` as equal. */
function loose(value: unknown): unknown {
  return typeof value === "number" || typeof value === "boolean" ? String(value) : value;
}

function isTrue(value: unknown): boolean {
  return value === true || value === "true";
}
