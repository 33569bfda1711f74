import { useEffect, useState } from "react";
import { Authenticator } from "@aws-amplify/ui-react";
import { I18n } from "aws-amplify/utils";
import "@aws-amplify/ui-react/styles.css";
import { describePasswordPolicy, PASSWORD_POLICY } from "#core/password-policy";
import type { Config } from "../config.ts";
import { Logo } from "../layout/Logo.tsx";
import { Icon } from "../ui/Icon.tsx";
import { Notice } from "../ui/States.tsx";
import { ThemeToggle } from "../ui/ThemeToggle.tsx";
import { CodeFooter, MailFileContext } from "./CodeFooter.tsx";
import { readMailFile } from "./mailFile.ts";
import "./sign-in.css";

interface Props {
  readonly config: Config;
  /** Whether a session ended without a sign-out; the page says so. */
  readonly hasSessionEnded: boolean;
}

/** Sign-in, sign-up with confirmation, and password reset. */
export default function SignInPage({ config, hasSessionEnded }: Props) {
  return (
    <main className="sign-in">
      <title>Sign in · Plot Palette</title>
      <div className="sign-in-theme">
        <ThemeToggle />
      </div>
      <section className="sign-in-pitch">
        <p className="brand sign-in-brand">
          <Logo />
          Plot Palette
        </p>
        <h1>Synthetic training data: exactly the size you ask for, never over budget.</h1>
        <ul className="sign-in-points">
          {POINTS.map((point) => (
            <li key={point}>
              <Icon name="check" />
              {point}
            </li>
          ))}
        </ul>
      </section>
      <section className="sign-in-form" aria-label="Sign in">
        {hasSessionEnded && (
          <div role="status" className="sign-in-reason">
            <Notice tone="warn">Your session has ended; sign in again to continue.</Notice>
          </div>
        )}
        <MailFileContext value={useMailFile(config)}>
          <Authenticator
            loginMechanisms={["email"]}
            passwordSettings={PASSWORD_SETTINGS}
            formFields={FORM_FIELDS}
            components={COMPONENTS}
          />
        </MailFileContext>
      </section>
    </main>
  );
}

const POINTS = [
  "Bring seeds and a template; models on Amazon Bedrock do the writing.",
  "A hard budget limit, metered to the nano-dollar.",
  "Live records, throughput and cost.",
  "JSONL, CSV and Parquet, with provenance for every record.",
];

/** The pool's policy in Amplify's words, so that the form finds what the pool would reject. */
const PASSWORD_SETTINGS = {
  minLength: PASSWORD_POLICY.minLength,
  requireLowercase: PASSWORD_POLICY.requireLowercase,
  requireUppercase: PASSWORD_POLICY.requireUppercase,
  requireNumbers: PASSWORD_POLICY.requireDigits,
  requireSpecialCharacters: PASSWORD_POLICY.requireSymbols,
};

/** Amplify passes all options on to its text field, which knows more of them than their type. */
const NEW_PASSWORD = { password: { isRequired: true, descriptiveText: describePasswordPolicy(PASSWORD_POLICY) } };
const FORM_FIELDS = { signUp: NEW_PASSWORD, confirmResetPassword: NEW_PASSWORD, forceNewPassword: NEW_PASSWORD };

const COMPONENTS = { ConfirmSignUp: { Footer: CodeFooter }, ConfirmResetPassword: { Footer: CodeFooter } };

function useMailFile(config: Config): string | null {
  const [mailFile, setMailFile] = useState<string | null>(null);
  useEffect(() => {
    void readMailFile(config).then(setMailFile);
  }, [config]);
  return mailFile;
}

/** Amplify's labels in sentence case, and its messages in our words, like all others. */
I18n.putVocabulariesForLanguage("en", {
  "Sign In": "Sign in",
  "Create Account": "Create account",
  "Creating Account": "Creating account",
  "Enter your Email": "Enter your email",
  "Enter your Password": "Enter your password",
  "Confirm Password": "Confirm password",
  "Please confirm your Password": "Confirm your password",
  "Reset Password": "Reset password",
  "Change Password": "Change password",
  "Back to Sign In": "Back to sign in",
  "Resend Code": "Resend code",
  "Confirmation Code": "Confirmation code",
  "We Emailed You": "We emailed you",
  "We Sent A Code": "We sent a code",
  "Your code is on the way. To log in, enter the code we emailed to":
    "Your code is on the way. To sign in, enter the code we emailed to",
  "Your code is on the way. To log in, enter the code we sent you":
    "Your code is on the way. To sign in, enter the code we sent you",
  "Password must have lower case letters": "The password needs a lowercase letter.",
  "Password must have upper case letters": "The password needs an uppercase letter.",
  "Password must have numbers": "The password needs a digit.",
  [`Password must have at least ${PASSWORD_POLICY.minLength} characters`]: `The password needs at least ${PASSWORD_POLICY.minLength} characters.`,
});
I18n.setLanguage("en");
