import type { IncomingMessage } from "node:http";
import { AwsError } from "../service.ts";
import type { Access, Caller, Clock, Credentials, Gate, IssueOptions, SignedParts } from "../service.ts";
import { AllowedAccesses } from "./allowed-accesses.ts";
import { Authentication } from "./authentication.ts";
import { callerKeys } from "./context.ts";
import type { ContextKeys } from "./context.ts";
import { denial, PolicyEvaluator } from "./policy-evaluator.ts";
import { parsePolicy } from "./policy.ts";
import type { Decision } from "./policy.ts";
import type { CallRecord } from "./record.ts";
import type { Role, Roles } from "./roles.ts";
import { Sessions } from "./sessions.ts";
import type { Session } from "./sessions.ts";

export interface GateOptions {
  readonly region: string;
  readonly clock: Clock;
  readonly roles: Roles;
  /** Records decisions about roles; nothing is recorded by default. */
  readonly record?: CallRecord;
}

/** The input of `sts:AssumeRole`. */
export interface AssumeRequest {
  readonly roleArn: string;
  readonly sessionName: string;
  readonly durationSeconds: number;
  readonly tags: Readonly<Record<string, string>>;
  readonly transitiveTagKeys: readonly string[];
  readonly externalId?: string;
  /** A policy document that restricts the session further. */
  readonly sessionPolicy?: unknown;
}

const DEFAULT_DURATION_SECONDS = 3600;

/** The local cloud's IAM: authenticates requests and authorizes their accesses. */
export class IamGate implements Gate {
  private readonly sessions: Sessions;
  private readonly authentication: Authentication;
  private readonly policies: PolicyEvaluator;
  private readonly allowed = new AllowedAccesses();

  constructor(private readonly options: GateOptions) {
    const { region, clock, roles } = options;
    const sessions = new Sessions(roles.accountId, clock);
    this.sessions = sessions;
    this.policies = new PolicyEvaluator({ region, clock, roles, sessions });
    this.authentication = new Authentication({ region, clock, sessions });
    roles.onChange(() => this.allowed.clear());
  }

  authenticate(request: IncomingMessage, body: Buffer | string | undefined, serviceName: string): Caller {
    return this.authentication.ofRequest(request, body, serviceName);
  }

  verify(request: SignedParts, serviceName: string): Caller {
    return this.authentication.ofParts(request, serviceName);
  }

  secretOf(accessKeyId: string): { secretAccessKey: string; caller: Caller } | undefined {
    const session = this.sessions.get(accessKeyId);
    if (!session || this.sessions.hasExpired(session)) return undefined;
    return { secretAccessKey: session.credentials.secretAccessKey, caller: session.caller };
  }

  authorize(caller: Caller, ...accesses: readonly Access[]): void {
    for (const access of accesses) {
      if (this.allowed.has(caller, access)) continue;
      const verdict = this.policies.evaluate(caller, access);
      const isWritten = this.write(caller, access, verdict);
      if (verdict.effect !== "allow") throw denial(caller, access, verdict);
      if (isWritten) this.remember(caller, access);
    }
  }

  allows(caller: Caller, access: Access): boolean {
    if (this.allowed.has(caller, access)) return true;
    const verdict = this.policies.evaluate(caller, access);
    if (verdict.effect !== "allow") return false;
    if (this.write(caller, access, verdict)) this.remember(caller, access);
    return true;
  }

  private remember(caller: Caller, access: Access): void {
    if (this.policies.isLasting(caller)) this.allowed.add(caller, access);
  }

  issue(roleArn: string, sessionName: string, options: IssueOptions = {}): Credentials {
    const { service, tags = {}, durationSeconds = DEFAULT_DURATION_SECONDS } = options;
    const role = this.options.roles.get(roleArn);
    if (!role) throw new AwsError(404, "NoSuchEntity", `The role ${roleArn} cannot be found.`);
    if (service && !this.policies.trustsService(role, service)) {
      const message = `The role ${role.name} cannot be assumed by ${service}: its trust policy does not allow it.`;
      throw new AwsError(400, "InvalidParameterValueException", message);
    }
    return this.sessions.open(role, { name: sessionName, durationSeconds, tags }).credentials;
  }

  operator(): Credentials {
    return this.sessions.root.credentials;
  }

  /** As `sts:GetCallerIdentity` names a caller: `AROA…:SESSION`, or the account's number. */
  userIdOf({ roleArn, principalArn }: Caller): string {
    const role = this.options.roles.get(roleArn ?? "");
    return role ? `${role.id}:${principalArn.split("/").at(-1)}` : this.options.roles.accountId;
  }

  /**
   * Assumes a role for a caller. Both the caller's own policies and the role's trust policy must allow it,
   * for `sts:AssumeRole` and, when tags are given, for `sts:TagSession`.
   * @throws AwsError 403 `AccessDenied`, or 400 for an invalid request
   */
  assumeRole(caller: Caller, request: AssumeRequest): Session {
    const { roleArn, sessionName, durationSeconds, transitiveTagKeys, sessionPolicy } = request;
    const role = this.options.roles.get(roleArn);
    // As on AWS, a missing role looks like one that may not be assumed.
    if (!role) throw accessDenied(caller, "sts:AssumeRole", roleArn);
    const inherited = this.sessions.get(caller.accessKeyId)?.transitiveTags ?? {};
    checkRequest(request, role, inherited);
    const tags = { ...request.tags, ...inherited };
    for (const action of requiredActions(request)) this.checkAssume(caller, role, action, assumeKeys(request, tags));
    const passedOn = transitiveTagKeys.map((key) => [key, tags[key]!]);
    return this.sessions.open(role, {
      name: sessionName,
      durationSeconds,
      tags,
      transitiveTags: { ...inherited, ...Object.fromEntries(passedOn) },
      ...(sessionPolicy !== undefined && { sessionPolicy: parsePolicy(sessionPolicy, `${role.path}/session`) }),
    });
  }

  private checkAssume(caller: Caller, role: Role, action: string, context: ContextKeys): void {
    const access: Access = { action, resource: role.arn, context };
    const verdict = this.policies.evaluateTrust(caller, role, access);
    this.write(caller, access, verdict);
    if (verdict.effect !== "allow") throw accessDenied(caller, action, role.arn);
  }

  /** @returns whether the decision is on record, as far as it is to be */
  private write(caller: Caller, { action, resource, context = {} }: Access, { effect, statements }: Decision): boolean {
    if (!caller.roleArn || !this.options.record) return true;
    const role = this.options.roles.get(caller.roleArn)?.path ?? caller.roleArn;
    const keys = { ...callerKeys(caller), ...context };
    return this.options.record.add({ role, action, resource, context: keys, decision: effect, statements });
  }
}

/** STS gives no reason, since the caller may not know the trust policy. */
function accessDenied({ principalArn }: Caller, action: string, resource: string): AwsError {
  const message = `User: ${principalArn} is not authorized to perform: ${action} on resource: ${resource}`;
  return new AwsError(403, "AccessDenied", message);
}

function checkRequest(request: AssumeRequest, role: Role, inherited: Readonly<Record<string, string>>): void {
  const invalid = (message: string) => new AwsError(400, "ValidationError", message);
  if (request.durationSeconds > role.maxSessionSeconds) {
    throw invalid("The requested DurationSeconds exceeds the MaxSessionDuration set for this role.");
  }
  const overruled = Object.keys(request.tags).find((key) => key in inherited);
  if (overruled)
    throw invalid(`The session tag ${overruled} is inherited from the caller's session and cannot be set again.`);
  const untagged = request.transitiveTagKeys.find((key) => !(key in request.tags) && !(key in inherited));
  if (untagged) throw invalid(`The transitive tag key ${untagged} should be one of the session tags.`);
}

function requiredActions({ tags }: AssumeRequest): string[] {
  return Object.keys(tags).length > 0 ? ["sts:AssumeRole", "sts:TagSession"] : ["sts:AssumeRole"];
}

function assumeKeys(request: AssumeRequest, tags: Readonly<Record<string, string>>): ContextKeys {
  const requestTags = Object.entries(tags).map(([key, value]) => [`aws:RequestTag/${key}`, value]);
  return {
    "sts:RoleSessionName": request.sessionName,
    "aws:TagKeys": Object.keys(tags),
    "sts:TransitiveTagKeys": request.transitiveTagKeys,
    ...(request.externalId !== undefined && { "sts:ExternalId": request.externalId }),
    ...Object.fromEntries(requestTags),
  };
}
