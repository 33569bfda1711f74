import { useCallback, useEffect, useRef, useState } from "react";
import { explainError } from "../errors.ts";
import type { User } from "../hooks/UserContext.ts";
import { readUser, watchAuth } from "./auth.ts";

export type AuthState =
  | { readonly state: "checking" }
  | { readonly state: "failed"; readonly text: string }
  /** `hasEnded`: someone was signed in and did not sign out. */
  | { readonly state: "signedOut"; readonly hasEnded: boolean }
  | { readonly state: "signedIn"; readonly user: User };

/** The signed-in user, kept up to date. `check` checks again; `endSession` shows the sign-in page, which says why. */
export function useUser() {
  const [auth, setAuth] = useState<AuthState>({ state: "checking" });
  // Tokens that have expired are gone once their renewal has failed: afterwards it looks as if there never were any.
  const hadExpired = useRef(false);
  const endSession = useCallback(() => setAuth({ state: "signedOut", hasEnded: true }), []);
  const check = useCallback(async () => {
    try {
      const user = await readUser();
      setAuth(user ? { state: "signedIn", user } : { state: "signedOut", hasEnded: hadExpired.current });
    } catch (error) {
      setAuth({ state: "failed", text: explainError(error).text });
    }
  }, []);
  useEffect(() => {
    void check();
    return watchAuth((event) => {
      hadExpired.current = event === "notRenewed";
      if (event === "signedIn") void check();
      if (event === "signedOut") setAuth({ state: "signedOut", hasEnded: false });
    });
  }, [check]);
  return { auth, check, endSession };
}
