import { Authenticator } from "@aws-amplify/ui-react";
import "@aws-amplify/ui-react/styles.css";
import { Logo } from "../layout/Logo.tsx";
import { Icon } from "../ui/Icon.tsx";
import { ThemeToggle } from "../ui/ThemeToggle.tsx";
import "./sign-in.css";

/** Sign-in, sign-up with confirmation, and the way back after a forgotten password. */
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
        <h1>Training data, exactly the size asked for, never over its budget.</h1>
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
  "Bring seeds and a template; Amazon Bedrock does the writing.",
  "A budget that cannot be passed, counted to the nano-dollar.",
  "Watch records, speed and cost as they happen.",
  "JSONL, CSV and Parquet, with the story of every record.",
];
