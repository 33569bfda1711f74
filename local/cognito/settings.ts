/** The properties of `AWS::Cognito::UserPool` and `::UserPoolClient`, with Cognito's defaults. */
import type { Resource } from "../service.ts";

export interface PasswordPolicy {
  readonly minimumLength: number;
  readonly requiresLowercase: boolean;
  readonly requiresUppercase: boolean;
  readonly requiresNumbers: boolean;
  readonly requiresSymbols: boolean;
  readonly temporaryPasswordDays: number;
}

export interface AttributeRule {
  readonly isRequired: boolean;
  readonly isMutable: boolean;
}

export interface MessageTexts {
  readonly subject: string;
  /** With `{####}` for the code and, in invitations, `{username}`. */
  readonly body: string;
}

export interface PoolSettings {
  readonly passwordPolicy: PasswordPolicy;
  /** Users sign up with an email address; their user name is a UUID. */
  readonly usernameIsEmail: boolean;
  /** Users sign up with a name of their choice and may also sign in with a verified email address. */
  readonly emailIsAlias: boolean;
  readonly isCaseSensitive: boolean;
  readonly verifiesEmail: boolean;
  /** A new email address takes effect only once its code is confirmed. */
  readonly keepsEmailUntilVerified: boolean;
  readonly onlyAdminsCreateUsers: boolean;
  readonly attributes: ReadonlyMap<string, AttributeRule>;
  readonly verificationMail: MessageTexts;
  readonly invitationMail: MessageTexts;
}

export interface ClientSettings {
  readonly id: string;
  readonly secret?: string;
  readonly allowedFlows: ReadonlySet<string>;
  readonly hidesUserExistence: boolean;
  readonly accessTokenMs: number;
  readonly idTokenMs: number;
  readonly refreshTokenMs: number;
  readonly allowsRevocation: boolean;
  /** `undefined` without refresh token rotation; else how long a used token is still accepted. */
  readonly rotationGraceMs?: number;
  readonly signInSessionMs: number;
  /** `undefined` means all. */
  readonly readableAttributes?: ReadonlySet<string>;
  readonly writableAttributes?: ReadonlySet<string>;
}

const STANDARD_ATTRIBUTES =
  "address birthdate email family_name gender given_name locale middle_name name nickname phone_number picture preferred_username profile updated_at website zoneinfo".split(
    " ",
  );
const DEFAULT_FLOWS = ["ALLOW_USER_SRP_AUTH", "ALLOW_CUSTOM_AUTH", "ALLOW_REFRESH_TOKEN_AUTH"];
const SECOND_MS = 1000;
const MINUTE_MS = 60 * SECOND_MS;
const HOUR_MS = 60 * MINUTE_MS;
const UNIT_MS: Readonly<Record<string, number>> = {
  seconds: SECOND_MS,
  minutes: MINUTE_MS,
  hours: HOUR_MS,
  days: 24 * HOUR_MS,
};

/** @throws Error when the pool needs an unsupported feature (SMS, triggers, required MFA) */
export function readPoolSettings(resource: Resource): PoolSettings {
  const properties = resource.properties;
  rejectUnsupported(resource);
  const has = (name: string, value: string) => (properties[name] ?? []).includes(value);
  const updates = properties.UserAttributeUpdateSettings?.AttributesRequireVerificationBeforeUpdate ?? [];
  const template = properties.VerificationMessageTemplate ?? {};
  const invitation = properties.AdminCreateUserConfig?.InviteMessageTemplate ?? {};
  return {
    passwordPolicy: readPasswordPolicy(properties),
    usernameIsEmail: has("UsernameAttributes", "email"),
    emailIsAlias: has("AliasAttributes", "email"),
    isCaseSensitive: flag(properties.UsernameConfiguration?.CaseSensitive, true),
    verifiesEmail: has("AutoVerifiedAttributes", "email"),
    keepsEmailUntilVerified: updates.includes("email"),
    onlyAdminsCreateUsers: flag(properties.AdminCreateUserConfig?.AllowAdminCreateUserOnly, false),
    attributes: readAttributes(properties.Schema ?? []),
    verificationMail: {
      subject: template.EmailSubject ?? properties.EmailVerificationSubject ?? "Your verification code",
      body: template.EmailMessage ?? properties.EmailVerificationMessage ?? "Your confirmation code is {####}",
    },
    invitationMail: {
      subject: invitation.EmailSubject ?? "Your temporary password",
      body: invitation.EmailMessage ?? "Your username is {username} and temporary password is {####}.",
    },
  };
}

/** @param id the client's id; @param secret set when the client has `GenerateSecret` */
export function readClientSettings(properties: Record<string, any>, id: string, secret?: string): ClientSettings {
  const units = properties.TokenValidityUnits ?? {};
  const rotation = properties.RefreshTokenRotation;
  return {
    id,
    secret,
    allowedFlows: new Set(properties.ExplicitAuthFlows ?? DEFAULT_FLOWS),
    hidesUserExistence: properties.PreventUserExistenceErrors === "ENABLED",
    accessTokenMs: validity(properties.AccessTokenValidity, units.AccessToken ?? "hours", HOUR_MS),
    idTokenMs: validity(properties.IdTokenValidity, units.IdToken ?? "hours", HOUR_MS),
    refreshTokenMs: validity(properties.RefreshTokenValidity, units.RefreshToken ?? "days", 30 * 24 * HOUR_MS),
    allowsRevocation: flag(properties.EnableTokenRevocation, true),
    rotationGraceMs:
      rotation?.Feature === "ENABLED" ? Number(rotation.RetryGracePeriodSeconds ?? 0) * SECOND_MS : undefined,
    signInSessionMs: Number(properties.AuthSessionValidity ?? 3) * MINUTE_MS,
    readableAttributes: properties.ReadAttributes && new Set<string>(properties.ReadAttributes),
    writableAttributes: properties.WriteAttributes && new Set<string>(properties.WriteAttributes),
  };
}

function rejectUnsupported(resource: Resource): void {
  const properties = resource.properties;
  const needs: string[] = Object.keys(properties.LambdaConfig ?? {}).map((trigger) => `the Lambda trigger ${trigger}`);
  if (properties.MfaConfiguration === "ON") needs.push("required multi-factor authentication");
  for (const name of ["UsernameAttributes", "AliasAttributes", "AutoVerifiedAttributes"]) {
    if ((properties[name] ?? []).includes("phone_number")) needs.push(`phone_number in ${name}`);
  }
  if (properties.VerificationMessageTemplate?.DefaultEmailOption === "CONFIRM_WITH_LINK") {
    needs.push("verification by link");
  }
  if (needs.length === 0) return;
  throw new Error(
    `The user pool ${resource.path} needs ${needs.join(", ")}, which the local cloud does not support. Remove it, or deploy to AWS to use it.`,
  );
}

function readPasswordPolicy(properties: Record<string, any>): PasswordPolicy {
  const policy = properties.Policies?.PasswordPolicy;
  // A pool without a policy requires every kind of character; one with a policy requires those it names.
  const unnamed = policy === undefined;
  return {
    minimumLength: Number(policy?.MinimumLength ?? 8),
    requiresLowercase: flag(policy?.RequireLowercase, unnamed),
    requiresUppercase: flag(policy?.RequireUppercase, unnamed),
    requiresNumbers: flag(policy?.RequireNumbers, unnamed),
    requiresSymbols: flag(policy?.RequireSymbols, unnamed),
    temporaryPasswordDays: Number(
      policy?.TemporaryPasswordValidityDays ?? properties.AdminCreateUserConfig?.UnusedAccountValidityDays ?? 7,
    ),
  };
}

function readAttributes(schema: readonly Record<string, any>[]): ReadonlyMap<string, AttributeRule> {
  const free: AttributeRule = { isRequired: false, isMutable: true };
  const rules = new Map(STANDARD_ATTRIBUTES.map((name) => [name, free]));
  for (const entry of schema) {
    const name: string = STANDARD_ATTRIBUTES.includes(entry.Name) ? entry.Name : `custom:${entry.Name}`;
    rules.set(name, { isRequired: flag(entry.Required, false), isMutable: flag(entry.Mutable, true) });
  }
  return rules;
}

/** CloudFormation allows booleans as strings. */
function flag(value: unknown, fallback: boolean): boolean {
  return value === undefined ? fallback : value === true || value === "true";
}

function validity(amount: unknown, unit: string, fallbackMs: number): number {
  // 0 means the default, as in CloudFormation.
  return amount === undefined || Number(amount) === 0 ? fallbackMs : Number(amount) * (UNIT_MS[unit] ?? HOUR_MS);
}
