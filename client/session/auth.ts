import { Amplify } from "aws-amplify";
import { fetchAuthSession } from "aws-amplify/auth";
import { Hub } from "aws-amplify/utils";
import { userPoolEndpoint, type Config } from "../config.ts";
import { SignedOutError } from "../errors.ts";

/** Who is signed in. */
export interface Person {
  readonly sub: string;
  readonly email: string;
}

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

/** Null when nobody is signed in. @throws when that cannot be told, for want of a network say */
export async function readPerson(): Promise<Person | null> {
  const { tokens } = await fetchAuthSession();
  const claims = tokens?.idToken?.payload;
  return claims?.sub ? { sub: claims.sub, email: String(claims.email ?? "") } : null;
}

/** The token that AppSync wants, renewed when it is about to end; `fresh` renews it in any case. @throws SignedOutError */
export async function readToken(fresh: boolean): Promise<string> {
  const { tokens } = await fetchAuthSession({ forceRefresh: fresh });
  if (!tokens?.idToken) throw new SignedOutError();
  return tokens.idToken.toString();
}

/** Hears of sign-in and sign-out. Answers the way out. */
export function watchAuth(listener: (event: "signedIn" | "signedOut") => void): () => void {
  return Hub.listen("auth", ({ payload }) => {
    if (payload.event === "signedIn" || payload.event === "signedOut") listener(payload.event);
  });
}
