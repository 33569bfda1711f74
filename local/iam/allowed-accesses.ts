import type { Access, Caller } from "../service.ts";

/** So many accesses of one session are remembered at most; a session seldom has more than a few dozen. */
const KEPT = 1_000;

/**
 * Accesses that were allowed, and recorded where they are to be: the next one just like it need be neither evaluated nor recorded. A
 * verdict depends on role, session policy and session tags, which a session keeps, and on action, resource and condition keys, which
 * are compared whole. Neither denials are remembered nor what a policy of the resource's own had a say in.
 */
export class AllowedAccesses {
  #bySession = new WeakMap<Caller, Set<string>>();

  has(caller: Caller, access: Access): boolean {
    if (access.resourcePolicy) return false;
    return this.#bySession.get(caller)?.has(keyOf(access)) ?? false;
  }

  add(caller: Caller, access: Access): void {
    if (access.resourcePolicy) return;
    const known = this.#bySession.get(caller) ?? new Set();
    if (known.size >= KEPT) known.clear();
    known.add(keyOf(access));
    this.#bySession.set(caller, known);
  }

  /** Forgets all, since a policy has changed. */
  clear(): void {
    this.#bySession = new WeakMap();
  }
}

function keyOf({ action, resource, context }: Access): string {
  return JSON.stringify([action, resource, context]);
}
