import { useRef } from "react";

/**
 * An idempotency key per request: the same input sent again after a lost response carries the same token, so it takes effect
 * once. `release` ends that, so that the same input is a new request.
 */
export function useClientToken() {
  const kept = useRef<{ request: string; token: string }>(undefined);
  const tokenFor = (input: object): string => {
    const request = JSON.stringify(input);
    if (kept.current?.request !== request) kept.current = { request, token: crypto.randomUUID() };
    return kept.current.token;
  };
  const release = () => (kept.current = undefined);
  return { tokenFor, release };
}
