import { Authenticator } from "@aws-amplify/ui-react";
import { I18n } from "aws-amplify/utils";
import "@aws-amplify/ui-react/styles.css";
import { Logo } from "../layout/Logo.tsx";
import { Icon } from "../ui/Icon.tsx";
import { ThemeToggle } from "../ui/ThemeToggle.tsx";
import "./sign-in.css";

/** Sign-in, sign-up with confirmation, and password reset. */
export default function SignInPage() {
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
        <Authenticator loginMechanisms={["email"]} />
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

/** Amplify's labels in sentence case, like all others. */
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
});
I18n.setLanguage("en");
