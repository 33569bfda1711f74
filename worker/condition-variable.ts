/** Wakes everyone who waits for something to change; each then checks its own condition. */
export class ConditionVariable {
  #waiters: (() => void)[] = [];

  notifyAll(): void {
    for (const wake of this.#waiters.splice(0)) wake();
  }

  wait(): Promise<void> {
    return new Promise((resolve) => this.#waiters.push(resolve));
  }
}
