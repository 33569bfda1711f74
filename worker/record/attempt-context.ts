/** One attempt at a record while it is being made: what its steps share. */
import type { Reservation } from "#core/money/budget";
import { hashOf } from "#core/random";
import { stepView, type OpenSlot, type StepView } from "#core/shard/record";
import { truncateDetails, type FailureDetails } from "#core/shard/failure-details";
import { remainingBoundNanos } from "#core/shard/remaining-bound";
import type { Step } from "#core/template/template";
import type { AttemptState, CallContext } from "../calls/call.ts";
import { AbortSource } from "../signal.ts";
import type { JobContext } from "./job-context.ts";

export class AttemptContext {
  /** What its calls are told of it. */
  readonly attemptState: AttemptState;
  readonly #cancelled = new AbortSource();
  /** By the error that came of it; hardly ever needed. */
  #details: Map<unknown, FailureDetails> | undefined;

  constructor(
    readonly jobContext: JobContext,
    readonly callContext: CallContext,
    readonly open: OpenSlot,
    reservation: Reservation,
    /** The picks and parameters of `it`, as the inside of a JSON object. */
    readonly inputs: string,
  ) {
    const rest = () => remainingBoundNanos(jobContext.template, open);
    this.attemptState = { open, reservation, remainingBoundNanos: rest, cancelled: this.#cancelled };
  }

  /** `it` for a step: the outputs of the steps it waits for; `own` is what it sees of itself, `more` further members. */
  itFor(step: Step, own?: StepView, more = ""): string {
    return this.#it([...this.jobContext.after(step.id)], own && { [step.id]: own }, more);
  }

  /** `it` for the columns: the outputs of all steps. */
  itForColumns(): string {
    return this.#it(this.jobContext.template.steps.map(({ id }) => id));
  }

  /** `it` for the conditions of `accept`: what columns see, and the columns. */
  itForAccept(columns: Readonly<Record<string, unknown>>): string {
    const more = `"record":${JSON.stringify(columns)}`;
    return this.#it(
      this.jobContext.template.steps.map(({ id }) => id),
      undefined,
      more,
    );
  }

  /** Remembers what was asked and answered when the error arose. */
  attachDetails(error: unknown, evidence: FailureDetails): void {
    (this.#details ??= new Map()).set(error, truncateDetails(evidence));
  }

  failureDetailsOf(error: unknown): FailureDetails | undefined {
    return this.#details?.get(error);
  }

  /** The same numbers for the same place of the same attempt. */
  readonly randomSeed = (...place: readonly (string | number)[]): number =>
    hashOf(this.jobContext.jobId, this.open.slot, this.open.attempt, ...place);

  /**
   * Waits for all works that run side by side. When one fails no call begins any more, those in flight are heard out and paid,
   * and then the gravest failure is thrown.
   */
  async runConcurrently(works: readonly Promise<void>[]): Promise<void> {
    const ends = await Promise.allSettled(works.map((work) => work.catch((error: unknown) => this.#fail(error))));
    const failures = ends.flatMap((end) => (end.status === "rejected" ? [end.reason as unknown] : []));
    if (failures.length > 0) throw mostSevere(failures);
  }

  /** No call of the attempt may begin any more. */
  cancel(): void {
    this.#cancelled.abort();
  }

  #fail(error: unknown): never {
    this.cancel();
    throw error;
  }

  #it(stepIds: readonly string[], own = {}, more = ""): string {
    const steps = this.jobContext.template.steps.filter(({ id }) => stepIds.includes(id));
    const answered = Object.fromEntries(steps.map((step) => [step.id, stepView(step, this.open.steps[step.id])]));
    const before = (members: string) => members && `${members},`;
    return `{${before(this.inputs)}${before(more)}"steps":${JSON.stringify({ ...answered, ...own })}}`;
  }
}

/** From the worst down: what nobody expected, what no attempt could do better, what another may, what only has to wait. */
const SEVERITY = ["ModelError", "ConditionError", "InvalidOutput", "RenderError", "NotCovered", "Stopped"];

function mostSevere(failures: readonly unknown[]): unknown {
  const gravity = (failure: unknown) => SEVERITY.indexOf((failure as Error).name);
  return [...failures].sort((one, other) => gravity(one) - gravity(other))[0];
}
