/** Wakes whoever waits for anything to change; they look again for themselves. */
export class ConditionVariable {
  #waiters: (() => void)[] = [];

  notifyAll(): void {
    for (const wake of this.#waiters.splice(0)) wake();
  }

  wait(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve));
  }
}
