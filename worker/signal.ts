/** What the worker needs of an AbortSignal. */
export interface Signal {
  readonly aborted: boolean;
  addEventListener(type: "abort", listener: () => void): void;
  removeEventListener(type: "abort", listener: () => void): void;
}

/**
 * An AbortController that is its own signal. Each record and each call has one, and hundreds of calls listen to the same:
 * those of Node cost some 10 µs to make, and walk through all their listeners for each that comes or goes.
 */
export class AbortSource implements Signal {
  #aborted = false;
  #listeners: Set<() => void> | undefined;

  get aborted(): boolean {
    return this.#aborted;
  }

  addEventListener(_: "abort", listener: () => void): void {
    (this.#listeners ??= new Set()).add(listener);
  }

  removeEventListener(_: "abort", listener: () => void): void {
    this.#listeners?.delete(listener);
  }

  /** Tells all who listen, once; whoever stops listening meanwhile is not told. */
  abort(): void {
    if (this.#aborted) return;
    this.#aborted = true;
    for (const listener of this.#listeners ?? []) listener();
  }
}
