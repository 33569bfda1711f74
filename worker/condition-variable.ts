/** Wakes whoever waits for anything to change; they look again for themselves. */
export class Bell {
  #waiting: (() => void)[] = [];

  ring(): void {
    for (const wake of this.#waiting.splice(0)) wake();
  }

  heard(): Promise<void> {
    return new Promise((resolve) => this.#waiting.push(resolve));
  }
}
