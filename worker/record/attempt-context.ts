/** One attempt at a record while it runs: what its steps share. */
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
  /** What its calls need to know of it. */
  readonly attemptState: AttemptState;
  readonly #cancelled = new AbortSource();
  /** The picks, parameters and draws of `it`, as the members of a JSON object. */
  #inputs: string;
  /** By error; created on the first failure, which most attempts never see. */
  #details: Map<unknown, FailureDetails> | undefined;

  constructor(
    readonly jobContext: JobContext,
    readonly callContext: CallContext,
    readonly open: OpenSlot,
    reservation: Reservation,
    inputs: string,
  ) {
    this.#inputs = inputs;
    this.attemptState = {
      open,
      reservation,
      remainingBoundNanos: () => remainingBoundNanos(jobContext.template, open),
      cancelled: this.#cancelled,
    };
  }

  /** Evaluates the template's draws, which are the same for every step, column and condition. @throws RenderError */
  async draw(): Promise<void> {
    if (!this.jobContext.template.draws) return;
    const inputs = this.#inputs;
    const draws = await this.jobContext.run((prompts) => prompts.draws(inputs, this.randomSeed("draws")));
    this.#inputs = `${withComma(inputs)}"draws":${draws}`;
  }

  /** `it` for a step: the outputs of the steps it depends on; `own` is what it sees of itself, `more` further members. */
  itFor(step: Step, own?: StepView, more = ""): string {
    return this.#it([...this.jobContext.dependenciesOf(step.id)], own && { [step.id]: own }, more);
  }

  /** `it` for the columns, and for the conditions of `accept`: the outputs of all steps, and `more` members. */
  itAfterSteps(more = ""): string {
    return this.#it(
      this.jobContext.template.steps.map(({ id }) => id),
      undefined,
      more,
    );
  }

  /** Remembers what was sent and answered when the error occurred. */
  attachDetails(error: unknown, details: FailureDetails): void {
    (this.#details ??= new Map()).set(error, truncateDetails(details));
  }

  failureDetailsOf(error: unknown): FailureDetails | undefined {
    return this.#details?.get(error);
  }

  /** The same seed for the same purpose in the same attempt. */
  readonly randomSeed = (...purpose: readonly (string | number)[]): number =>
    hashOf(this.jobContext.jobId, this.open.slot, this.open.attempt, ...purpose);

  /**
   * Waits for all tasks. When one fails, no further call starts, calls in flight finish and are paid for, and then the most
   * severe failure is thrown.
   */
  async runConcurrently(tasks: readonly Promise<void>[]): Promise<void> {
    const results = await Promise.allSettled(tasks.map((task) => task.catch((error: unknown) => this.#fail(error))));
    const failures = results.flatMap((result) => (result.status === "rejected" ? [result.reason as unknown] : []));
    if (failures.length > 0) throw mostSevere(failures);
  }

  /** No further call of the attempt may start. */
  cancel(): void {
    this.#cancelled.abort();
  }

  #fail(error: unknown): never {
    this.cancel();
    throw error;
  }

  #it(stepIds: readonly string[], own = {}, more = ""): string {
    const steps = this.jobContext.template.steps.filter(({ id }) => stepIds.includes(id));
    const views = Object.fromEntries(steps.map((step) => [step.id, stepView(step, this.open.steps[step.id])]));
    return `{${withComma(this.#inputs)}${withComma(more)}"steps":${JSON.stringify({ ...views, ...own })}}`;
  }
}

function withComma(members: string): string {
  return members && `${members},`;
}

/**
 * By `name`, most severe first: unexpected errors, which are not listed; what no attempt could do better; what another may;
 * what only suspends the slot.
 */
const SEVERITY = ["ModelError", "ConditionError", "InvalidOutput", "RenderError", "ReservationTooSmall", "Stopped"];

function mostSevere(failures: readonly unknown[]): unknown {
  const rank = (failure: unknown) => SEVERITY.indexOf((failure as Error).name);
  return [...failures].sort((one, other) => rank(one) - rank(other))[0];
}
