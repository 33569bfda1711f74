/** IAM's policy evaluation, pure: whether statements allow or deny a request. */
import { conditionsHold, parseConditions } from "./conditions.ts";
import type { Conditions } from "./conditions.ts";
import type { RequestContext } from "./context.ts";
import { globMatches, resourceMatches } from "./patterns.ts";

/** One parsed statement of a policy. */
export interface Statement {
  /** Identifies it: `PATH-OF-ROLE/POLICY/INDEX`. */
  readonly id: string;
  readonly effect: "Allow" | "Deny";
  readonly actions: readonly string[];
  /** Whether `actions` are exclusions (NotAction). */
  readonly notActions: boolean;
  /** `undefined` in trust policies, whose resource is the role itself. */
  readonly resources: readonly string[] | undefined;
  readonly notResources: boolean;
  /** `undefined` in identity policies, which apply to whoever has them. */
  readonly principals: Principals | undefined;
  readonly notPrincipals: boolean;
  readonly conditions: Conditions;
}

type Principals = Readonly<Record<string, readonly string[]>>;

export interface PolicyRequest {
  readonly action: string;
  /** ARN, or `*` for an action without resource. */
  readonly resource: string;
  /** Condition keys, built by `requestContext`. */
  readonly context: RequestContext;
  /** The caller by all names that a policy may use (role ARN, session ARN, account …); needed for policies with principals. */
  readonly principal?: { readonly kind: "AWS" | "Service" | "Federated"; readonly names: readonly string[] };
}

export interface Decision {
  readonly effect: "allow" | "explicit-deny" | "implicit-deny";
  /** The deciding statements: every Deny that matched, else every Allow that matched. */
  readonly statements: readonly string[];
}

/**
 * @param document a policy document: `{ Version, Statement }`
 * @param id its statements get the ids `ID/0`, `ID/1` …
 * @throws Error for what IAM would reject
 */
export function parsePolicy(document: any, id: string): Statement[] {
  if (!document || typeof document !== "object" || !document.Statement) {
    throw new Error(`The policy ${id} must be an object with a Statement, not ${JSON.stringify(document)}.`);
  }
  return list(document.Statement).map((statement, index) => parseStatement(statement, `${id}/${index}`));
}

/** An explicit Deny wins, then any Allow; the default is denial. */
export function evaluate(statements: readonly Statement[], request: PolicyRequest): Decision {
  const matching = statements.filter((statement) => statementMatches(statement, request));
  const denies = matching.filter(({ effect }) => effect === "Deny");
  if (denies.length > 0) return { effect: "explicit-deny", statements: denies.map(({ id }) => id) };
  const effect = matching.length > 0 ? "allow" : "implicit-deny";
  return { effect, statements: matching.map(({ id }) => id) };
}

/** Whether the time of a request may decide, in a condition or a variable. */
export function dependOnTime(statements: readonly Statement[]): boolean {
  return statements.some(({ conditions, resources = [] }) => {
    const texts = conditions.flatMap(({ key, values }) => [key, ...values]);
    return [...texts, ...resources].some((text) => TIME_KEYS.test(text));
  });
}

const TIME_KEYS = /aws:(CurrentTime|EpochTime|TokenIssueTime|MultiFactorAuthAge)/i;

const MEMBERS = new Set([
  "Sid",
  "Effect",
  "Action",
  "NotAction",
  "Resource",
  "NotResource",
  "Principal",
  "NotPrincipal",
  "Condition",
]);

function parseStatement(statement: any, id: string): Statement {
  const unknown = Object.keys(statement).find((member) => !MEMBERS.has(member));
  if (unknown) throw new Error(`The statement ${id} has the member "${unknown}", which IAM does not know.`);
  if (statement.Effect !== "Allow" && statement.Effect !== "Deny") {
    throw new Error(`The statement ${id} must have the Effect Allow or Deny, not ${JSON.stringify(statement.Effect)}.`);
  }
  if ((statement.Action === undefined) === (statement.NotAction === undefined)) {
    throw new Error(`The statement ${id} must have either Action or NotAction.`);
  }
  const resources = statement.Resource ?? statement.NotResource;
  const principals = statement.Principal ?? statement.NotPrincipal;
  return {
    id,
    effect: statement.Effect,
    actions: list(statement.Action ?? statement.NotAction),
    notActions: statement.NotAction !== undefined,
    resources: resources === undefined ? undefined : list(resources),
    notResources: statement.NotResource !== undefined,
    principals: principals === undefined ? undefined : parsePrincipals(principals),
    notPrincipals: statement.NotPrincipal !== undefined,
    conditions: parseConditions(statement.Condition ?? {}, id),
  };
}

/** `"*"` means everyone, like `{ "AWS": "*" }`. */
function parsePrincipals(principals: unknown): Principals {
  if (principals === "*") return { "*": ["*"] };
  return Object.fromEntries(
    Object.entries(principals as object).map(([kind, names]) => [kind, list(names).map(String)]),
  );
}

function statementMatches(statement: Statement, request: PolicyRequest): boolean {
  return (
    actionMatches(statement, request.action) &&
    principalMatches(statement, request) &&
    resourcesMatch(statement, request) &&
    conditionsHold(statement.conditions, request.context)
  );
}

function actionMatches({ actions, notActions }: Statement, action: string): boolean {
  const wanted = action.toLowerCase();
  return actions.some((pattern) => globMatches(pattern.toLowerCase(), wanted)) !== notActions;
}

function resourcesMatch({ resources, notResources }: Statement, request: PolicyRequest): boolean {
  if (!resources) return true;
  return resources.some((pattern) => resourceMatches(pattern, request.resource, request.context)) !== notResources;
}

function principalMatches({ principals, notPrincipals }: Statement, { principal }: PolicyRequest): boolean {
  if (!principals) return true;
  const named = principals["*"] ?? principals[principal?.kind ?? ""] ?? [];
  return named.some((name) => name === "*" || (principal?.names.includes(name) ?? false)) !== notPrincipals;
}

function list(value: unknown): any[] {
  return Array.isArray(value) ? value : [value];
}
