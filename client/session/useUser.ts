import { useCallback, useEffect, useState } from "react";
import { explainError } from "../errors.ts";
import { readPerson, watchAuth, type Person } from "./auth.ts";

export type Sign =
  | { readonly state: "checking" }
  | { readonly state: "failed"; readonly text: string }
  | { readonly state: "out" }
  | { readonly state: "in"; readonly person: Person };

/** Who is signed in, kept up to date. `check` looks again, `leave` shows the sign-in. */
export function usePerson() {
  const [sign, setSign] = useState<Sign>({ state: "checking" });
  const leave = useCallback(() => setSign({ state: "out" }), []);
  const check = useCallback(async () => {
    try {
      const person = await readPerson();
      setSign(person ? { state: "in", person } : { state: "out" });
    } catch (error) {
      setSign({ state: "failed", text: explainError(error).text });
    }
  }, []);
  useEffect(() => {
    void check();
    return watchAuth((event) => (event === "signedIn" ? void check() : leave()));
  }, [check, leave]);
  return { sign, check, leave };
}
