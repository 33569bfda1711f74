import { Amplify } from "aws-amplify";
import { fetchAuthSession } from "aws-amplify/auth";
import { Hub } from "aws-amplify/utils";
import { userPoolEndpoint, type Config } from "../config.ts";
import { SignedOutError } from "../errors.ts";
import type { User } from "../hooks/UserContext.ts";

export function configureAuth(config: Config): void {
  Amplify.configure({
    Auth: {
      Cognito: {
        userPoolId: config.userPoolId,
        userPoolClientId: config.userPoolClientId,
        userPoolEndpoint: userPoolEndpoint(config),
        loginWith: { email: true },
      },
    },
  });
}

/** Null when nobody is signed in. @throws when that cannot be determined, for example without a network */
export async function readUser(): Promise<User | null> {
  const { tokens } = await fetchAuthSession();
  const claims = tokens?.idToken?.payload;
  return claims?.sub ? { sub: claims.sub, email: String(claims.email ?? "") } : null;
}

/** The token for AppSync, renewed when it is about to expire; `fresh` always renews it. @throws SignedOutError */
export async function readToken(fresh: boolean): Promise<string> {
  const { tokens } = await fetchAuthSession({ forceRefresh: fresh });
  if (!tokens?.idToken) throw new SignedOutError();
  return tokens.idToken.toString();
}

/** `notRenewed`: the tokens have expired and could not be renewed. */
export type AuthEvent = "signedIn" | "signedOut" | "notRenewed";

/** Calls back on each event. Returns the function that stops it. */
export function watchAuth(listener: (event: AuthEvent) => void): () => void {
  return Hub.listen("auth", ({ payload }) => {
    if (payload.event === "signedIn" || payload.event === "signedOut") listener(payload.event);
    if (payload.event === "tokenRefresh_failure") listener("notRenewed");
  });
}
