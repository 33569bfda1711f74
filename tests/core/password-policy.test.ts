import { describePasswordPolicy, PASSWORD_POLICY, type PasswordPolicy } from "#core/password-policy";

test.each<[string, Partial<PasswordPolicy>, string]>([
  ["all its rules", {}, "At least 12 characters, with a lowercase letter, an uppercase letter and a digit."],
  [
    "a symbol",
    { requireSymbols: true },
    "At least 12 characters, with a lowercase letter, an uppercase letter, a digit and a symbol.",
  ],
  ["one rule", { requireLowercase: false, requireUppercase: false }, "At least 12 characters, with a digit."],
  [
    "its length alone",
    { minLength: 8, requireLowercase: false, requireUppercase: false, requireDigits: false },
    "At least 8 characters.",
  ],
])("a password policy is described with %s", (_, different, sentence) => {
  expect(describePasswordPolicy({ ...PASSWORD_POLICY, ...different })).toBe(sentence);
});
