/** `AWS::Lambda::Permission`: who may invoke a function, in addition to roles whose own policies allow it. */
import { AwsError } from "../service.ts";

export interface Permission {
  readonly action: string;
  /** `events.amazonaws.com` */
  readonly principal: string;
  /** May contain `*` and `?`. */
  readonly sourceArn?: string;
  readonly sourceAccount?: string;
}

/** A calling service, on behalf of one of its resources. */
export interface ServiceCaller {
  readonly service: string;
  readonly sourceArn?: string;
}

/** @throws AwsError 403 `AccessDeniedException` unless a permission allows the caller */
export function assertServiceMayInvoke(
  functionArn: string,
  permissions: readonly Permission[],
  caller: ServiceCaller,
  accountId: string,
): void {
  if (permissions.some((permission) => covers(permission, caller, accountId))) return;
  const source = caller.sourceArn ? ` for ${caller.sourceArn}` : "";
  throw new AwsError(
    403,
    "AccessDeniedException",
    `User: ${caller.service}${source} is not authorized to perform: lambda:InvokeFunction on resource: ${functionArn}` +
      " because no resource-based policy allows the lambda:InvokeFunction action",
  );
}

function covers(permission: Permission, caller: ServiceCaller, accountId: string): boolean {
  if (!["lambda:InvokeFunction", "lambda:*"].includes(permission.action)) return false;
  if (permission.principal !== caller.service && permission.principal !== "*") return false;
  if (permission.sourceAccount && permission.sourceAccount !== accountId) return false;
  return !permission.sourceArn || matchesArn(permission.sourceArn, caller.sourceArn ?? "");
}

function matchesArn(pattern: string, arn: string): boolean {
  const source = pattern
    .replaceAll(/[.+^${}()|[\]\\]/g, "\\$&")
    .replaceAll("*", ".*")
    .replaceAll("?", ".");
  return new RegExp(`^${source}$`).test(arn);
}
