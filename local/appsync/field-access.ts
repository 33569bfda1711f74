/** Whether a caller may see a field: directives decide by authentication mode, IAM policies decide for signed requests. */
import { AwsError } from "../service.ts";
import type { Gate } from "../service.ts";
import type { ApiCaller } from "./caller.ts";
import { unauthorizedField } from "./errors.ts";
import type { ResolverError } from "./errors.ts";
import type { AccessRule, AuthMode } from "./schema.ts";

export interface AccessPolicy {
  readonly defaultMode: AuthMode;
  /** `DENY` closes fields without a directive to users of the default pool. */
  readonly defaultAction: string;
  readonly apiArn: string;
  readonly gate: Gate;
  readonly log: (line: string) => void;
}

/** @returns the error to report instead of the field's value, or undefined when the caller may see it */
export function deniedField(
  typeName: string,
  fieldName: string,
  rules: readonly AccessRule[],
  caller: ApiCaller,
  policy: AccessPolicy,
): ResolverError | undefined {
  return letsIn(rules, caller, policy) ? undefined : unauthorizedField(typeName, fieldName);
}

/**
 * Signed requests need `appsync:GraphQL` on each field at the top of their operation.
 * @returns the error for the field, with IAM's message in `errorInfo`; undefined when a policy allows it
 */
export function deniedByPolicy(
  typeName: string,
  fieldName: string,
  caller: ApiCaller,
  policy: AccessPolicy,
): ResolverError | undefined {
  if (!caller.signer) return undefined;
  try {
    policy.gate.authorize(caller.signer, {
      action: "appsync:GraphQL",
      resource: `${policy.apiArn}/types/${typeName}/fields/${fieldName}`,
    });
    return undefined;
  } catch (error) {
    if (!(error instanceof AwsError)) throw error;
    policy.log(error.message);
    return unauthorizedField(typeName, fieldName, error.message);
  }
}

function letsIn(rules: readonly AccessRule[], caller: ApiCaller, policy: AccessPolicy): boolean {
  if (rules.length === 0) {
    const closed = caller.mode === "AMAZON_COGNITO_USER_POOLS" && policy.defaultAction === "DENY";
    return caller.mode === policy.defaultMode && !closed;
  }
  return rules.some(
    ({ mode, groups }) => mode === caller.mode && (!groups || groups.some((group) => caller.groups.includes(group))),
  );
}
