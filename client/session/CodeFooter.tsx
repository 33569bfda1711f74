import { createContext, useContext } from "react";
import { Button, useAuthenticator } from "@aws-amplify/ui-react";

/** The file that mail is written to; null where it is sent. */
export const MailFileContext = createContext<string | null>(null);

/** Below a form that asks for an emailed code: where to find it, and the way back. */
export function CodeFooter() {
  const mailFile = useContext(MailFileContext);
  const { toSignIn } = useAuthenticator(({ toSignIn }) => [toSignIn]);
  return (
    <>
      {mailFile && (
        <p className="sign-in-mail small">
          On this machine no email is sent. The code is in the last line of <code>{mailFile}</code>
        </p>
      )}
      <Button variation="link" size="small" type="button" onClick={toSignIn}>
        Back to sign in
      </Button>
    </>
  );
}
