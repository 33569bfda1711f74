import { useCallback, useEffect, useState } from "react";
import { explainError } from "../errors.ts";
import { readUser, watchAuth, type User } from "./auth.ts";

export type AuthState =
  | { readonly state: "checking" }
  | { readonly state: "failed"; readonly text: string }
  | { readonly state: "signedOut" }
  | { readonly state: "signedIn"; readonly user: User };

/** The signed-in user, kept up to date. `check` checks again; `markSignedOut` shows the sign-in page. */
export function useUser() {
  const [auth, setAuth] = useState<AuthState>({ state: "checking" });
  const markSignedOut = useCallback(() => setAuth({ state: "signedOut" }), []);
  const check = useCallback(async () => {
    try {
      const user = await readUser();
      setAuth(user ? { state: "signedIn", user } : { state: "signedOut" });
    } catch (error) {
      setAuth({ state: "failed", text: explainError(error).text });
    }
  }, []);
  useEffect(() => {
    void check();
    return watchAuth((event) => (event === "signedIn" ? void check() : markSignedOut()));
  }, [check, markSignedOut]);
  return { auth, check, markSignedOut };
}
