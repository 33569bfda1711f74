/** Thrown by runtime.earlyReturn, caught where handlers are evaluated. */
export class EarlyReturn {
  constructor(
    readonly value: unknown,
    readonly skipTo: "END" | "NEXT" | undefined,
  ) {}
}
