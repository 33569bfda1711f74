/** One attempt at a record while it is being made: what its steps share. */
import type { Reservation } from "#core/money/budget";
import { hashOf } from "#core/random";
import { inIt, type OpenSlot, type StepInIt } from "#core/shard/record";
import { shortened, type Evidence } from "#core/shard/failure-details";
import { restBoundNanos } from "#core/shard/remaining-bound";
import type { Step } from "#core/template/template";
import type { AttemptOfCall, CallContext } from "../calls/call.ts";
import { Stop } from "../signal.ts";
import type { JobContext } from "../job-context.ts";

export class Making {
  /** What its calls are told of it. */
  readonly ofCalls: AttemptOfCall;
  readonly #over = new Stop();
  /** By the error that came of it; hardly ever needed. */
  #evidence: Map<unknown, Evidence> | undefined;

  constructor(
    readonly shop: JobContext,
    readonly context: CallContext,
    readonly open: OpenSlot,
    reservation: Reservation,
    /** The picks and parameters of `it`, as the inside of a JSON object. */
    readonly given: string,
  ) {
    const rest = () => restBoundNanos(shop.template, open);
    this.ofCalls = { open, reservation, restBoundNanos: rest, over: this.#over };
  }

  /** `it` for a step: the outputs of the steps it waits for; `own` is what it sees of itself, `more` further members. */
  itFor(step: Step, own?: StepInIt, more = ""): string {
    return this.#it([...this.shop.after(step.id)], own && { [step.id]: own }, more);
  }

  /** `it` for the columns: the outputs of all steps. */
  itForColumns(): string {
    return this.#it(this.shop.template.steps.map(({ id }) => id));
  }

  /** `it` for the conditions of `accept`: what columns see, and the columns. */
  itForAccept(columns: Readonly<Record<string, unknown>>): string {
    const more = `"record":${JSON.stringify(columns)}`;
    return this.#it(
      this.shop.template.steps.map(({ id }) => id),
      undefined,
      more,
    );
  }

  /** Remembers what was asked and answered when the error arose. */
  note(error: unknown, evidence: Evidence): void {
    (this.#evidence ??= new Map()).set(error, shortened(evidence));
  }

  evidenceOf(error: unknown): Evidence | undefined {
    return this.#evidence?.get(error);
  }

  /** The same numbers for the same place of the same attempt. */
  readonly chance = (...place: readonly (string | number)[]): number =>
    hashOf(this.shop.jobId, this.open.slot, this.open.attempt, ...place);

  /**
   * Waits for all works that run side by side. When one fails no call begins any more, those in flight are heard out and paid,
   * and then the gravest failure is thrown.
   */
  async together(works: readonly Promise<void>[]): Promise<void> {
    const ends = await Promise.allSettled(works.map((work) => work.catch((error: unknown) => this.#fail(error))));
    const failures = ends.flatMap((end) => (end.status === "rejected" ? [end.reason as unknown] : []));
    if (failures.length > 0) throw gravest(failures);
  }

  /** No call of the attempt may begin any more. */
  end(): void {
    this.#over.abort();
  }

  #fail(error: unknown): never {
    this.end();
    throw error;
  }

  #it(stepIds: readonly string[], own = {}, more = ""): string {
    const steps = this.shop.template.steps.filter(({ id }) => stepIds.includes(id));
    const answered = Object.fromEntries(steps.map((step) => [step.id, inIt(step, this.open.steps[step.id])]));
    const before = (members: string) => members && `${members},`;
    return `{${before(this.given)}${before(more)}"steps":${JSON.stringify({ ...answered, ...own })}}`;
  }
}

/** From the worst down: what nobody expected, what no attempt could do better, what another may, what only has to wait. */
const GRAVITY = ["ModelError", "ConditionError", "InvalidOutput", "RenderError", "NotCovered", "Stopped"];

function gravest(failures: readonly unknown[]): unknown {
  const gravity = (failure: unknown) => GRAVITY.indexOf((failure as Error).name);
  return [...failures].sort((one, other) => gravity(one) - gravity(other))[0];
}
