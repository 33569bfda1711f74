import { createContext, useContext } from "react";

/** The signed-in user. */
export interface User {
  readonly sub: string;
  readonly email: string;
}

export const UserContext = createContext<User | null>(null);

/** The user whose session this is. @throws outside a session */
export function useSignedInUser(): User {
  const user = useContext(UserContext);
  if (!user) throw new Error("useSignedInUser needs a Session around it.");
  return user;
}
