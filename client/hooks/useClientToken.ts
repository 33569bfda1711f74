import { useRef } from "react";

/**
 * The token that tells one wish from the next. The same wish sent again after a lost answer has the same token, so that it
 * is granted once; `granted` ends it.
 */
export function useWishToken() {
  const kept = useRef<{ wish: string; token: string }>(undefined);
  const tokenFor = (input: object): string => {
    const wish = JSON.stringify(input);
    if (kept.current?.wish !== wish) kept.current = { wish, token: crypto.randomUUID() };
    return kept.current.token;
  };
  const granted = () => (kept.current = undefined);
  return { tokenFor, granted };
}
