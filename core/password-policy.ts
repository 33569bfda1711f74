/** What a password must have: the user pool enforces it, and the sign-up form says it before anyone types. */
export interface PasswordPolicy {
  readonly minLength: number;
  readonly requireLowercase: boolean;
  readonly requireUppercase: boolean;
  readonly requireDigits: boolean;
  readonly requireSymbols: boolean;
}

export const PASSWORD_POLICY: PasswordPolicy = {
  minLength: 12,
  requireLowercase: true,
  requireUppercase: true,
  requireDigits: true,
  requireSymbols: false,
};

/** The policy as a sentence: `At least 12 characters, with a lowercase letter, an uppercase letter and a digit.` */
export function describePasswordPolicy(policy: PasswordPolicy): string {
  const kinds = [
    policy.requireLowercase && "a lowercase letter",
    policy.requireUppercase && "an uppercase letter",
    policy.requireDigits && "a digit",
    policy.requireSymbols && "a symbol",
  ].filter((kind) => kind !== false);
  const length = `At least ${policy.minLength} characters`;
  if (kinds.length === 0) return `${length}.`;
  const last = kinds.at(-1);
  const listed = kinds.length === 1 ? last : `${kinds.slice(0, -1).join(", ")} and ${last}`;
  return `${length}, with ${listed}.`;
}
