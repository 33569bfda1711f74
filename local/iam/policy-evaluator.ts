import { AwsError } from "../service.ts";
import type { Access, Caller, Clock } from "../service.ts";
import { callerKeys, requestContext, surroundingKeys } from "./context.ts";
import { dependOnTime, evaluate, parsePolicy } from "./policy.ts";
import type { Decision, PolicyRequest, Statement } from "./policy.ts";
import type { Role, Roles } from "./roles.ts";
import type { Sessions } from "./sessions.ts";

/** A decision, and which kind of policy made it. */
export interface Verdict extends Decision {
  readonly by: "identity" | "resource" | "boundary" | "session" | "trust";
}

export interface PolicyEvaluatorOptions {
  readonly region: string;
  readonly roles: Roles;
  readonly sessions: Sessions;
  readonly clock: Clock;
}

/** Evaluates all policies that apply to a request. */
export class PolicyEvaluator {
  /** Resource policies never change and come as the same object with every request, so they are parsed once. */
  private readonly parsed = new WeakMap<object, readonly Statement[]>();

  constructor(private readonly options: PolicyEvaluatorOptions) {}

  /** The operator may do everything; a role may do what its policies and those of the resource allow. */
  evaluate(caller: Caller, access: Access): Verdict {
    if (!caller.roleArn) return { effect: "allow", statements: [], by: "identity" };
    const request = this.requestOf(caller, access);
    const limit = this.limits(caller.roleArn, caller).find(
      ({ statements }) => evaluate(statements, request).effect !== "allow",
    );
    if (limit) return { ...evaluate(limit.statements, request), by: limit.by };
    const identity = evaluate(this.options.roles.statements(caller.roleArn), request);
    if (!access.resourcePolicy || identity.effect === "explicit-deny") return { ...identity, by: "identity" };
    const resource = evaluate(this.resourceStatements(access.resourcePolicy), request);
    if (resource.effect === "implicit-deny") return { ...identity, by: "identity" };
    if (resource.effect === "explicit-deny") return { ...resource, by: "resource" };
    return { effect: "allow", statements: [...identity.statements, ...resource.statements], by: "resource" };
  }

  /** Whether the same access of the same session always gets the same verdict: that no policy names the time. */
  isLasting(caller: Caller): boolean {
    if (!caller.roleArn) return true;
    const limits = this.limits(caller.roleArn, caller).map(({ statements }) => statements);
    return ![this.options.roles.statements(caller.roleArn), ...limits].some(dependOnTime);
  }

  /**
   * Whether a caller may assume a role: its own policies and the role's trust policy must both allow it. (AWS skips the former
   * if the trust policy names the caller's role itself; here both are required, so that the permission is always explicit.)
   */
  evaluateTrust(caller: Caller, role: Role, access: Access): Verdict {
    const own = this.evaluate(caller, access);
    if (own.effect !== "allow" || !caller.roleArn) return own;
    const trust = evaluate(role.trust, this.requestOf(caller, access));
    if (trust.effect !== "allow") return { ...trust, by: "trust" };
    return { effect: "allow", statements: [...own.statements, ...trust.statements], by: "trust" };
  }

  /** Whether an AWS service (`lambda.amazonaws.com`) may assume a role. */
  trustsService(role: Role, service: string): boolean {
    const request: PolicyRequest = {
      action: "sts:AssumeRole",
      resource: role.arn,
      context: requestContext(surroundingKeys(this.options.region, this.options.clock.now())),
      principal: { kind: "Service", names: [service] },
    };
    return evaluate(role.trust, request).effect === "allow";
  }

  /** What must allow a request in addition to the role's own policies. */
  private limits(roleArn: string, caller: Caller): { by: Verdict["by"]; statements: readonly Statement[] }[] {
    const boundary = this.options.roles.boundary(roleArn);
    const session = this.options.sessions.get(caller.accessKeyId)?.sessionPolicy;
    return [
      ...(boundary ? [{ by: "boundary" as const, statements: boundary }] : []),
      ...(session ? [{ by: "session" as const, statements: session }] : []),
    ];
  }

  private resourceStatements({ path, document }: NonNullable<Access["resourcePolicy"]>): readonly Statement[] {
    const known = this.parsed.get(document as object);
    if (known) return known;
    const statements = parsePolicy(document, path);
    this.parsed.set(document as object, statements);
    return statements;
  }

  private requestOf(caller: Caller, { action, resource, context = {} }: Access): PolicyRequest {
    const { accountId } = this.options.roles;
    const surroundings = surroundingKeys(this.options.region, this.options.clock.now());
    const names = [
      accountId,
      `arn:aws:iam::${accountId}:root`,
      caller.principalArn,
      ...(caller.roleArn ? [caller.roleArn] : []),
    ];
    return {
      action,
      resource,
      context: requestContext(surroundings, callerKeys(caller), context),
      principal: { kind: "AWS", names },
    };
  }
}

const POLICY_NAMES: Record<Verdict["by"], string> = {
  identity: "an identity-based policy",
  resource: "a resource-based policy",
  boundary: "a permissions boundary",
  session: "a session policy",
  trust: "the role trust policy",
};

/** The denial with AWS's message, naming role, action and resource. */
export function denial(caller: Caller, { action, resource }: Access, { by, effect }: Verdict): AwsError {
  const who = `User: ${caller.principalArn} is not authorized to perform: ${action} on resource: ${resource}`;
  const why =
    effect === "explicit-deny"
      ? `with an explicit deny in ${POLICY_NAMES[by]}`
      : `because no ${POLICY_NAMES[by].replace(/^(an?|the) /, "")} allows the ${action} action`;
  return new AwsError(403, "AccessDeniedException", `${who} ${why}`);
}
