import { stableId } from "../assembly/names.ts";
import { awsManagedPolicies } from "./managed-policies.ts";
import { parsePolicy } from "./policy.ts";
import type { Statement } from "./policy.ts";
import type { Resource } from "../service.ts";

export interface Role {
  /** `Shop/Compute/WorkerRole1A2B` */
  readonly path: string;
  readonly name: string;
  readonly arn: string;
  /** `AROA…` */
  readonly id: string;
  /** Seen by policies as `aws:PrincipalTag/KEY`, unless a session tag has that key. */
  readonly tags: Readonly<Record<string, string>>;
  /** Who may assume the role. */
  readonly trust: readonly Statement[];
  readonly maxSessionSeconds: number;
}

interface KnownRole extends Role {
  readonly inline: Map<string, readonly Statement[]>;
  readonly attached: Set<string>;
  readonly boundary: string | undefined;
}

interface ManagedPolicy {
  readonly name: string;
  readonly document: unknown;
}

/** The roles of the account and their policies. Statements have ids of the form `PATH-OF-ROLE/POLICY/INDEX`. */
export class Roles {
  private readonly byArn = new Map<string, KnownRole>();
  private readonly managed = new Map<string, ManagedPolicy>();
  /** Recollected after every policy change; there are none once the stacks are up. */
  private readonly statementCache = new Map<string, readonly Statement[]>();
  private readonly boundaryCache = new Map<string, readonly Statement[]>();
  private readonly listeners: (() => void)[] = [];

  constructor(readonly accountId: string) {}

  /** @throws Error for what IAM would reject */
  addRole({ path, properties }: Resource): Role {
    const name: string = properties.RoleName;
    const role: KnownRole = {
      path,
      name,
      arn: `arn:aws:iam::${this.accountId}:role${properties.Path ?? "/"}${name}`,
      id: `AROA${stableId(path, 17).toUpperCase()}`,
      tags: Object.fromEntries((properties.Tags ?? []).map((tag: any) => [tag.Key, tag.Value])),
      trust: parsePolicy(properties.AssumeRolePolicyDocument, `${path}/trust`),
      maxSessionSeconds: Number(properties.MaxSessionDuration ?? 3600),
      inline: new Map(),
      attached: new Set<string>(properties.ManagedPolicyArns ?? []),
      boundary: properties.PermissionsBoundary,
    };
    for (const policy of properties.Policies ?? []) {
      role.inline.set(policy.PolicyName, parsePolicy(policy.PolicyDocument, `${path}/${policy.PolicyName}`));
    }
    this.byArn.set(role.arn, role);
    this.changed();
    this.statements(role.arn);
    return role;
  }

  /** @param listener is called after every change of a role or policy */
  onChange(listener: () => void): void {
    this.listeners.push(listener);
  }

  /** An inline policy attached to roles: `AWS::IAM::Policy`. */
  addInlinePolicy({ path, properties }: Resource): void {
    refuseOthersThanRoles(path, properties);
    for (const roleName of properties.Roles ?? []) {
      const role = this.byName(roleName, path);
      role.inline.set(
        properties.PolicyName,
        parsePolicy(properties.PolicyDocument, `${role.path}/${properties.PolicyName}`),
      );
    }
    this.changed();
  }

  /** @returns its ARN */
  addManagedPolicy({ path, properties }: Resource): string {
    refuseOthersThanRoles(path, properties);
    const name: string = properties.ManagedPolicyName;
    const arn = `arn:aws:iam::${this.accountId}:policy${properties.Path ?? "/"}${name}`;
    parsePolicy(properties.PolicyDocument, path);
    this.managed.set(arn, { name, document: properties.PolicyDocument });
    for (const roleName of properties.Roles ?? []) this.byName(roleName, path).attached.add(arn);
    this.changed();
    return arn;
  }

  get(arn: string): Role | undefined {
    return this.byArn.get(arn);
  }

  all(): readonly Role[] {
    return [...this.byArn.values()];
  }

  /** Every statement of a role's policies: inline, attached, and AWS managed. */
  statements(roleArn: string): readonly Statement[] {
    const known = this.statementCache.get(roleArn);
    if (known) return known;
    const role = this.byArn.get(roleArn);
    if (!role) return [];
    const attached = [...role.attached].flatMap((arn) => this.managedStatements(role, arn));
    const statements = [...[...role.inline.values()].flat(), ...attached];
    this.statementCache.set(roleArn, statements);
    return statements;
  }

  /** The statements of a role's permissions boundary; `undefined` when it has none. */
  boundary(roleArn: string): readonly Statement[] | undefined {
    const known = this.boundaryCache.get(roleArn);
    if (known) return known;
    const role = this.byArn.get(roleArn);
    if (role?.boundary === undefined) return undefined;
    const statements = this.managedStatements(role, role.boundary);
    this.boundaryCache.set(roleArn, statements);
    return statements;
  }

  private changed(): void {
    this.statementCache.clear();
    this.boundaryCache.clear();
    for (const listener of this.listeners) listener();
  }

  private byName(name: string, policyPath: string): KnownRole {
    const role = [...this.byArn.values()].find((candidate) => candidate.name === name);
    if (!role) throw new Error(`${policyPath} is attached to the role "${name}", which the stacks do not define`);
    return role;
  }

  private managedStatements(role: KnownRole, arn: string): readonly Statement[] {
    const own = this.managed.get(arn);
    if (own) return parsePolicy(own.document, `${role.path}/${own.name}`);
    const name = arn.split(":aws:policy/")[1] ?? "";
    const actions = awsManagedPolicies[name];
    if (!actions) {
      throw new Error(
        `the role ${role.name} has the managed policy ${arn}, whose content local/iam/managed-policies.ts does not have; add it there or write the statements out`,
      );
    }
    const document = { Statement: [{ Effect: "Allow", Action: actions, Resource: "*" }] };
    return parsePolicy(document, `${role.path}/${name}`);
  }
}

function refuseOthersThanRoles(path: string, properties: Record<string, any>): void {
  for (const kind of ["Users", "Groups"]) {
    if (properties[kind]?.length)
      throw new Error(`${path} is attached to ${kind}; the local cloud supports roles only`);
  }
}
